using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Memoize;

/// <summary>
/// What System.Text.Json gives back of every value of a type, once it has given back some: a type whose whole state is in
/// members that are written and set again with no code of anybody's between, down to text, numbers and dates. What can be
/// otherwise from one value to the next (run-time types, comparers, local times, negative zeros) is looked at in each value.
/// </summary>
/// <remarks>Immutable. Where it errs, it takes a type for one that can lose something: then each of its values is read back and compared.</remarks>
[UnconditionalSuppressMessage("Trimming", "IL2026", Justification = ValueComparison.LooksOnlyWhereItCan)]
[UnconditionalSuppressMessage("Trimming", "IL2055", Justification = ValueComparison.LooksOnlyWhereItCan)]
[UnconditionalSuppressMessage("Trimming", "IL2075", Justification = ValueComparison.LooksOnlyWhereItCan)]
[UnconditionalSuppressMessage("AOT", "IL3050", Justification = ValueComparison.LooksOnlyWhereItCan)]
internal sealed class PlainJson
{
    private static readonly HashSet<Type> Exact =
    [
        typeof(string), typeof(Guid), typeof(TimeSpan), typeof(DateOnly), typeof(TimeOnly), typeof(DateTimeOffset), typeof(Half), typeof(Int128), typeof(UInt128), typeof(Version),
    ];

    private static readonly HashSet<Type> Keys = [typeof(string), typeof(Guid), typeof(int), typeof(long), typeof(short), typeof(byte), typeof(uint), typeof(ulong), typeof(ushort), typeof(sbyte)];

    // What JSON reads as a list, which is what an array is to those who see no more than these.
    private static readonly HashSet<Type> ListInterfaces = [typeof(IEnumerable<>), typeof(IReadOnlyCollection<>), typeof(IReadOnlyList<>), typeof(ICollection<>), typeof(IList<>)];

    private static readonly HashSet<Type> Maps = [typeof(Dictionary<,>), typeof(IDictionary<,>), typeof(IReadOnlyDictionary<,>)];

    private readonly Part _root;

    private PlainJson(Part root) => _root = root;

    /// <summary>Null if values of the type can lose something that others do not, as far as anybody can tell without reading each back.</summary>
    public static PlainJson? Of(Type type, JsonSerializerOptions options)
    {
        try
        {
            return IsUsual(options) && new Builder(options).Find(type) is { } root ? new PlainJson(root) : null;
        }
        catch (Exception failure) when (failure is InvalidOperationException or NotSupportedException or JsonException)
        {
            // A type that System.Text.Json does not take.
            return null;
        }
    }

    /// <summary>Whether a value has nothing that the others need not have.</summary>
    public bool IsPlain(object? value) => _root.IsPlain(value);

    private static bool IsUsual(JsonSerializerOptions options) =>
        options is
        {
            ReferenceHandler: null,
            DictionaryKeyPolicy: null,
            PropertyNameCaseInsensitive: false,
            DefaultIgnoreCondition: JsonIgnoreCondition.Never,
            IgnoreReadOnlyProperties: false,
            IgnoreReadOnlyFields: false,
            PreferredObjectCreationHandling: JsonObjectCreationHandling.Replace,
        }
        && (options.Encoder is null || options.Encoder.GetType().Assembly == typeof(JavaScriptEncoder).Assembly)
        && options.TypeInfoResolverChain.All(static resolver => resolver is JsonSerializerContext or DefaultJsonTypeInfoResolver { Modifiers.Count: 0 });

    private enum PartKind
    {
        Exact,
        Decimal,
        DateTime,
        List,
        Map,
        Object,
    }

    private sealed class Part(PartKind kind)
    {
        public static readonly Part Exact = new(PartKind.Exact);

        /// <summary>The run-time types that a value can be of.</summary>
        public Type[] Types { get; init; } = [];

        /// <summary>What is in a list or a dictionary.</summary>
        public Part? Item { get; init; }

        /// <summary>The members of an object that can be otherwise.</summary>
        public List<(FieldInfo Field, Part Part)> Members { get; } = [];

        public bool IsExact => kind == PartKind.Exact;

        public bool IsPlain(object? value) => value is null || kind switch
        {
            PartKind.Exact => true,

            // JSON writes the sign of a negative zero, and does not read it.
            PartKind.Decimal => (decimal)value is var number && !(number == 0 && decimal.IsNegative(number)),

            // An hour that a clock skips, or has twice, is not told by its offset.
            PartKind.DateTime => ((DateTime)value).Kind != DateTimeKind.Local,
            _ => RuntimeHelpers.TryEnsureSufficientExecutionStack() && IsOfTypes(value.GetType()) && kind switch
            {
                PartKind.List => Item!.IsExact || ((System.Collections.IEnumerable)value).Cast<object?>().All(Item.IsPlain),
                PartKind.Map => !ComparedCollection.HasComparer(value) && (Item!.IsExact || ((System.Collections.IDictionary)value).Values.Cast<object?>().All(Item.IsPlain)),
                _ => Members.TrueForAll(member => member.Part.IsPlain(member.Field.GetValue(value))),
            },
        };

        // Where an array may stand, a list that the compiler makes for [a, b] may, too.
        private bool IsOfTypes(Type type) => Array.IndexOf(Types, type) >= 0 || (Types.Length > 1 && ComparedCollection.IsOfCompiler(type));
    }

    private sealed class Builder(JsonSerializerOptions options)
    {
        // With those that are being found out: a tree has itself as a member.
        private readonly Dictionary<Type, Part> _objects = [];

        /// <summary>Null if it is not plain, and so nothing is that has it.</summary>
        public Part? Find(Type type)
        {
            var info = options.GetTypeInfo(type);
            if (info.Converter.GetType().Assembly != typeof(JsonSerializer).Assembly || info.PolymorphismOptions is not null) return null;
            if (Nullable.GetUnderlyingType(type) is { } underlying) return Find(underlying);

            if (type.IsEnum) return HasOneNameForEachValue(info) ? Part.Exact : null;
            if (type.IsPrimitive || Exact.Contains(type)) return Part.Exact;
            if (type == typeof(decimal)) return new Part(PartKind.Decimal);
            if (type == typeof(DateTime)) return new Part(PartKind.DateTime);
            if (type.IsSZArray) return Find(type.GetElementType()!) is { } element ? new Part(PartKind.List) { Types = [type], Item = element } : null;
            if (type.IsGenericType && FindCollection(type, type.GetGenericTypeDefinition()) is { } collection) return collection;

            return ComparedType.IsFrameworks(type) || type.IsAbstract || info.Kind != JsonTypeInfoKind.Object ? null : FindObject(type, info);
        }

        private Part? FindCollection(Type type, Type definition)
        {
            var arguments = type.GenericTypeArguments;
            if (definition == typeof(List<>)) return Find(arguments[0]) is { } item ? new Part(PartKind.List) { Types = [type], Item = item } : null;
            if (ListInterfaces.Contains(definition)) return Find(arguments[0]) is { } element ? new Part(PartKind.List) { Types = [typeof(List<>).MakeGenericType(arguments), arguments[0].MakeArrayType()], Item = element } : null;

            return Maps.Contains(definition) && Keys.Contains(arguments[0]) && Find(arguments[0]) is not null && Find(arguments[1]) is { } value
                ? new Part(PartKind.Map) { Types = [typeof(Dictionary<,>).MakeGenericType(arguments)], Item = value }
                : null;
        }

        private Part? FindObject(Type type, JsonTypeInfo info)
        {
            if (_objects.TryGetValue(type, out var known)) return known;

            var compared = ComparedType.Of(type);
            if (compared.CannotBeSeen || compared.IsCollection || HasCallbacks(info)) return null;

            var part = new Part(PartKind.Object) { Types = [type] };
            _objects.Add(type, part);
            foreach (var field in compared.Fields)
            {
                if (MemberOf(field, info) is null || Find(field.FieldType) is not { } member) return null;
                if (!member.IsExact) part.Members.Add((field, member));
            }

            if (info.Properties.Any(static property => property.AssociatedParameter is { IsMemberInitializer: false }) && !StoresItsParameters(info.ConstructorAttributeProvider as ConstructorInfo)) return null;

            // Of a sealed type without such members there is nothing to look at.
            return type.IsSealed && part.Members.Count == 0 ? _objects[type] = Part.Exact : part;
        }

        private static bool HasCallbacks(JsonTypeInfo info) =>
            info.OnSerializing is not null || info.OnSerialized is not null || info.OnDeserializing is not null || info.OnDeserialized is not null;

        /// <summary>What writes a field, and sets it, whatever is in it; null if there is nothing that certainly does.</summary>
        private static JsonPropertyInfo? MemberOf(FieldInfo field, JsonTypeInfo info)
        {
            MemberInfo? member = field.Name[0] == '<' ? AutomaticPropertyOf(field) : field;
            return member is null ? null : info.Properties.FirstOrDefault(property =>
                property.AttributeProvider is MemberInfo provider && provider.HasSameMetadataDefinitionAs(member)
                && property is { Get: not null, CustomConverter: null, ShouldSerialize: null, IsExtensionData: false, ObjectCreationHandling: null }
                && (property.Set is not null || property.AssociatedParameter is not null));
        }

        // A property whose accessors somebody wrote, around its `field`, can make something else of a value.
        private static PropertyInfo? AutomaticPropertyOf(FieldInfo field)
        {
            var property = field.DeclaringType!.GetProperty(ComparedType.NameOf(field), BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly);
            return property is { GetMethod: { } get } && IsOfCompiler(get) && (property.SetMethod is not { } set || IsOfCompiler(set)) ? property : null;
        }

        private static bool IsOfCompiler(MethodInfo method) => method.IsDefined(typeof(CompilerGeneratedAttribute));

        // Two names that a naming policy makes the same are two values that come back as one.
        private static bool HasOneNameForEachValue(JsonTypeInfo info)
        {
            var values = Enum.GetValuesAsUnderlyingType(info.Type).Cast<object>().Distinct().Select(value => JsonSerializer.Serialize(Enum.ToObject(info.Type, value), info)).ToList();
            return values.Distinct(StringComparer.OrdinalIgnoreCase).Count() == values.Count;
        }

        /// <summary>Whether a constructor does nothing but put each parameter into the member of its name, as that of a record does.</summary>
        private static bool StoresItsParameters(ConstructorInfo? constructor)
        {
            if (constructor?.GetMethodBody()?.GetILAsByteArray() is not { } code) return false;

            const byte nop = 0x00, loadThis = 0x02, loadFirst = 0x03, loadThird = 0x05, load = 0x0E, call = 0x28, back = 0x2A, store = 0x7D;
            var parameters = constructor.GetParameters();
            int stored = 0;
            for (int at = 0; at < code.Length;)
            {
                if (code[at] == nop)
                {
                    at++;
                    continue;
                }

                if (code[at] == back) return at == code.Length - 1 && stored == parameters.Length;
                if (code[at++] != loadThis || at >= code.Length) return false;

                int parameter = -1;
                if (code[at] is >= loadFirst and <= loadThird) parameter = code[at++] - loadFirst;
                else if (code[at] == load) (parameter, at) = (code[at + 1] - 1, at + 2);
                if (at + sizeof(int) >= code.Length) return false;

                byte operation = code[at];
                int token = BitConverter.ToInt32(code, at + 1);
                at += 1 + sizeof(int);
                if (parameter < 0)
                {
                    if (operation != call || constructor.Module.ResolveMethod(token)?.DeclaringType != typeof(object)) return false;
                    continue;
                }

                string? name = operation switch
                {
                    store => NameOf(constructor.Module.ResolveField(token, constructor.DeclaringType!.GenericTypeArguments, null)),
                    call when constructor.Module.ResolveMethod(token, constructor.DeclaringType!.GenericTypeArguments, null) is MethodInfo { IsSpecialName: true } method && IsOfCompiler(method) => method.Name["set_".Length..],
                    _ => null,
                };
                if (!string.Equals(name, parameters[parameter].Name, StringComparison.OrdinalIgnoreCase)) return false;

                stored++;
            }

            return false;
        }

        private static string? NameOf(FieldInfo? field) => field is null ? null : ComparedType.NameOf(field);
    }
}
