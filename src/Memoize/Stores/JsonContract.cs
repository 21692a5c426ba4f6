using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Memoize;

/// <summary>
/// What System.Text.Json, with the options that it was given, makes of a type: as text, and as a fingerprint of it. What was
/// written under one contract is not to be read under another, where each member may come out as its default.
/// </summary>
/// <remarks>
/// It is the same in every process and on every machine, and whether types are found out by reflection or come from a
/// <see cref="JsonSerializerContext"/>: so neither hash codes, versions of assemblies, converters of System.Text.Json's own nor the
/// order of members are in it. Custom converters and naming policies count by their types; what one of them does otherwise
/// from one version to the next is for <see cref="CachedResponseAttribute.Version"/>. Not thread-safe.
/// </remarks>
internal sealed class JsonContract
{
    private readonly JsonSerializerOptions _options;
    private readonly StringBuilder _text = new();

    // The types that are in it, by number: one that has itself as a member would have no end.
    private readonly Dictionary<Type, int> _types = [];

    private JsonContract(JsonSerializerOptions options) => _options = options;

    /// <summary>16 hexadecimal digits.</summary>
    public static string FingerprintOf(Type type, JsonSerializerOptions options) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(TextOf(type, options))).AsSpan(0, sizeof(ulong)));

    /// <summary>The contract as text.</summary>
    public static string TextOf(Type type, JsonSerializerOptions options)
    {
        var contract = new JsonContract(options);
        contract.AddOptions();
        contract.Add(options.GetTypeInfo(type));
        return contract._text.ToString();
    }

    // What changes the meaning of JSON, and shows in no member.
    private void AddOptions()
    {
        Add("ignore", _options.DefaultIgnoreCondition);
        Add("read-only properties", _options.IgnoreReadOnlyProperties);
        Add("read-only fields", _options.IgnoreReadOnlyFields);
        Add("numbers", _options.NumberHandling);
        Add("create", _options.PreferredObjectCreationHandling);
        Add("unknown", _options.UnknownTypeHandling);
        Add("unmapped", _options.UnmappedMemberHandling);
        Add("case", _options.PropertyNameCaseInsensitive);
        Add("nulls", _options.RespectNullableAnnotations);
        Add("required", _options.RespectRequiredConstructorParameters);
        Add("duplicates", _options.AllowDuplicateProperties);
        Add("order", _options.AllowOutOfOrderMetadataProperties);
        Add("keys", _options.DictionaryKeyPolicy?.GetType());
        Add("references", _options.ReferenceHandler?.GetType());
        foreach (var converter in _options.Converters) Add("converter", converter.GetType());
    }

    private void Add(Type type)
    {
        if (TryFind(type) is { } info) Add(info);
        else _text.Append("unknown ").Append(type);
    }

    // A type that breaks the rules of System.Text.Json does no harm as long as its member is null.
    private JsonTypeInfo? TryFind(Type type)
    {
        try
        {
            return _options.TryGetTypeInfo(type, out var info) ? info : null;
        }
        catch (Exception failure) when (failure is InvalidOperationException or NotSupportedException)
        {
            return null;
        }
    }

    private void Add(JsonTypeInfo info)
    {
        if (_types.TryGetValue(info.Type, out int number))
        {
            _text.Append(CultureInfo.InvariantCulture, $"#{number}");
            return;
        }

        _types.Add(info.Type, _types.Count);
        _text.Append(CultureInfo.InvariantCulture, $"{info.Kind}{{");
        Add("numbers", info.NumberHandling);
        Add("create", info.PreferredPropertyObjectCreationHandling);
        Add("unmapped", info.UnmappedMemberHandling);
        if (info.PolymorphismOptions is { } polymorphism) Add(polymorphism);
        switch (info.Kind)
        {
            case JsonTypeInfoKind.Object:
                foreach (var member in info.Properties.Where(static member => member.Get is not null || member.Set is not null).OrderBy(static member => member.Name, StringComparer.Ordinal)) Add(member);
                break;
            case JsonTypeInfoKind.None when info.ElementType is { } element:
                Add(element);
                break;
            case JsonTypeInfoKind.None:
                AddValue(info);
                break;
            default:
                _text.Append(info.Type.IsGenericType ? info.Type.GetGenericTypeDefinition().ToString() : info.Type.IsArray ? "array" : info.Type.ToString()).Append(' ');
                if (info.KeyType is { } key) Add(key);
                if (info.ElementType is { } item) Add(item);
                break;
        }

        _text.Append('}');
    }

    private void Add(JsonPropertyInfo member)
    {
        _text.Append('\n').Append(member.Name).Append(':');
        if (member.Get is null) _text.Append(" write-only");
        if (member.Set is null) _text.Append(" read-only");
        if (member.IsRequired) _text.Append(" required");
        if (member.IsExtensionData) _text.Append(" extension");
        if (member.ShouldSerialize is not null) _text.Append(" conditional");
        Add("numbers", member.NumberHandling);
        Add("create", member.ObjectCreationHandling);

        // A context sets members with init accessors as if they were parameters of the constructor.
        if (member.AssociatedParameter is { IsMemberInitializer: false } parameter)
        {
            _text.Append(CultureInfo.InvariantCulture, $" parameter {parameter.ParameterType}");
            if (parameter.HasDefaultValue) _text.Append(CultureInfo.InvariantCulture, $" = {parameter.DefaultValue}");
        }

        _text.Append(' ');
        if (member.CustomConverter is { } converter) AddConverted(member.PropertyType, converter);
        else Add(member.PropertyType);
    }

    private void AddConverted(Type type, JsonConverter converter)
    {
        if (!IsOfJson(converter))
        {
            _text.Append(CultureInfo.InvariantCulture, $"{type} by {converter.GetType()}");
            return;
        }

        var options = new JsonSerializerOptions(_options);
        options.Converters.Insert(0, converter);
        var core = Nullable.GetUnderlyingType(type) ?? type;
        if (core.IsEnum && options.TryGetTypeInfo(core, out var info)) AddNames(info);
        else _text.Append(CultureInfo.InvariantCulture, $"{type} converted");
    }

    private void Add(JsonPolymorphismOptions polymorphism)
    {
        _text.Append(CultureInfo.InvariantCulture, $" {polymorphism.TypeDiscriminatorPropertyName} {polymorphism.UnknownDerivedTypeHandling} {polymorphism.IgnoreUnrecognizedTypeDiscriminators}");
        foreach (var derived in polymorphism.DerivedTypes.OrderBy(static derived => derived.DerivedType.ToString(), StringComparer.Ordinal))
        {
            _text.Append(CultureInfo.InvariantCulture, $"\n{derived.TypeDiscriminator ?? "none"} is ");
            Add(derived.DerivedType);
        }
    }

    private void AddValue(JsonTypeInfo info)
    {
        if (!IsOfJson(info.Converter)) _text.Append(CultureInfo.InvariantCulture, $"{info.Type} by {info.Converter.GetType()}");
        else if (info.Type.IsEnum) AddNames(info);
        else _text.Append(info.Type);
    }

    // Names or numbers, and by which policy: the values say it themselves.
    private void AddNames(JsonTypeInfo info)
    {
        foreach (object value in Enum.GetValuesAsUnderlyingType(info.Type)) _text.Append(CultureInfo.InvariantCulture, $"{value}={JsonSerializer.Serialize(Enum.ToObject(info.Type, value), info)} ");
    }

    private void Add(string option, object? value)
    {
        if (value is not (null or false)) _text.Append(CultureInfo.InvariantCulture, $" {option}={value}");
    }

    private static bool IsOfJson(JsonConverter converter) => converter.GetType().Assembly == typeof(JsonSerializer).Assembly;
}
