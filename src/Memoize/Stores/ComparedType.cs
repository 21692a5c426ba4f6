using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Memoize;

/// <summary>What of a type <see cref="ValueComparison"/> compares. Immutable, and found out once.</summary>
[UnconditionalSuppressMessage("Trimming", "IL2055", Justification = ValueComparison.LooksOnlyWhereItCan)]
[UnconditionalSuppressMessage("Trimming", "IL2070", Justification = ValueComparison.LooksOnlyWhereItCan)]
[UnconditionalSuppressMessage("Trimming", "IL2075", Justification = ValueComparison.LooksOnlyWhereItCan)]
[UnconditionalSuppressMessage("Trimming", "IL2080", Justification = ValueComparison.LooksOnlyWhereItCan)]
internal sealed class ComparedType
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    // Attributes by which the owner of a member says that it is not to be written, whatever serializer there is.
    private static readonly string[] LeavingOut = ["JsonIgnoreAttribute", "IgnoreDataMemberAttribute", "NonSerializedAttribute", "IgnoreMemberAttribute", "MemoryPackIgnoreAttribute", "ProtoIgnoreAttribute"];

    private static readonly string[] FrameworkKeys = ["b03f5f7f11d50a3a", "b77a5c561934e089", "7cec85d7bea7798e", "cc7b13ffcd2ddd51"];

    // They do not keep an assembly that is unloaded.
    private static readonly ConditionalWeakTable<Type, ComparedType> Known = [];
    private static readonly ConditionalWeakTable<Assembly, object> Frameworks = [];

    private ComparedType(Type type)
    {
        Type = type;
        IsOfFramework = IsFrameworks(type);
        CannotBeSeen = type.IsDefined(typeof(InlineArrayAttribute)) || type.GetFields(Own).Any(static field => field.IsDefined(typeof(FixedBufferAttribute)));
        HasOwnEquality = FindsOwnEquality(type, IsOfFramework);

        var fields = new List<FieldInfo>();
        for (Type? level = type; level is not null && level != typeof(object) && level != typeof(ValueType); level = level.BaseType)
        {
            // What a collection of the framework has inside is its content, and room for more.
            IsCollection = ComparedCollection.IsOfFramework(level);
            if (IsCollection) break;

            fields.AddRange(level.GetFields(Own).Where(static field => !IsLeftOut(field)));
        }

        Fields = [.. fields];
        PublicFields = [.. type.GetFields(BindingFlags.Instance | BindingFlags.Public).Where(static field => !IsLeftOut(field))];
        PublicProperties = [.. type.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(IsShown)];
    }

    public Type Type { get; }

    public bool IsOfFramework { get; }

    /// <summary>Whether it is, or derives from, a collection of the framework.</summary>
    public bool IsCollection { get; }

    /// <summary>Whether it has state that reflection does not show: <c>[InlineArray]</c>, fixed buffers.</summary>
    public bool CannotBeSeen { get; }

    /// <summary>Whether <see cref="object.Equals(object)"/> was written by somebody: not by the compiler for a record, nor inherited from <see cref="object"/>.</summary>
    public bool HasOwnEquality { get; }

    /// <summary>Every field, those of base types too.</summary>
    public FieldInfo[] Fields { get; }

    public FieldInfo[] PublicFields { get; }

    public PropertyInfo[] PublicProperties { get; }

    public static ComparedType Of(Type type) => Known.GetValue(type, static type => new ComparedType(type));

    /// <summary>Whether a type comes with .NET itself.</summary>
    public static bool IsFrameworks(Type type)
    {
        return type.IsArray || (bool)Frameworks.GetValue(type.Assembly, static assembly =>
        {
            var name = assembly.GetName();
            return name.Name is { } text
                && (text.StartsWith("System.", StringComparison.Ordinal) || text is "mscorlib" or "netstandard")
                && name.GetPublicKeyToken() is { Length: > 0 } token
                && FrameworkKeys.Contains(Convert.ToHexStringLower(token), StringComparer.Ordinal);
        });
    }

    /// <summary>Whether a type is there to take turns by, and holds nothing.</summary>
    public static bool IsLock(Type type) => type == typeof(object) || (string.Equals(type.Namespace, "System.Threading", StringComparison.Ordinal) && IsFrameworks(type));

    public static bool IsLazy(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Lazy<>);

    public static bool IsMemory(Type type) => type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(Memory<>) || type.GetGenericTypeDefinition() == typeof(ReadOnlyMemory<>));

    public bool IsCreated(object lazy) => (bool)Type.GetProperty(nameof(Lazy<>.IsValueCreated))!.GetValue(lazy)!;

    public object? ValueOf(object lazy) => Type.GetProperty(nameof(Lazy<>.Value))!.GetValue(lazy);

    public object? FactoryOf(object lazy) => Type.GetField("_factory", Own)?.GetValue(lazy);

    /// <summary>The name that the source has for a field: that of its property, or of the parameter that it holds.</summary>
    public static string NameOf(FieldInfo field) =>
        field.Name[0] == '<' && field.Name.IndexOf('>', StringComparison.Ordinal) is > 1 and var end ? field.Name[1..end] : field.Name;

    /// <summary>The name of a type as people write it, without namespaces.</summary>
    public static string NameOf(Type type)
    {
        if (type.IsArray) return $"{NameOf(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (!type.IsGenericType) return type.Name;

        int arity = type.Name.IndexOf('`', StringComparison.Ordinal);
        return arity < 0 ? type.Name : $"{type.Name[..arity]}<{string.Join(", ", type.GenericTypeArguments.Select(NameOf))}>";
    }

    private static bool IsLeftOut(FieldInfo field)
    {
        if (field.Name[0] != '<') return IsLeftOutByAttribute(field);

        return field.DeclaringType!.GetProperties(Own).FirstOrDefault(property => property.Name == NameOf(field)) is { } property && IsLeftOutByAttribute(property);
    }

    private static bool IsShown(PropertyInfo property) =>
        property is { CanRead: true, PropertyType: { IsByRefLike: false, IsByRef: false, IsPointer: false } }
        && property.GetIndexParameters().Length == 0
        && !IsLeftOutByAttribute(property);

    // [JsonIgnore(Condition = WhenWritingNull)] leaves nothing out but nulls.
    private static bool IsLeftOutByAttribute(MemberInfo member) => member.CustomAttributes.Any(static attribute =>
        LeavingOut.Contains(attribute.AttributeType.Name, StringComparer.Ordinal)
        && attribute.NamedArguments.All(static argument => argument.MemberName != "Condition" || argument.TypedValue.Value is 1));

    private static bool FindsOwnEquality(Type type, bool isOfFramework)
    {
        // Those of the framework compare floating-point numbers by value, or references.
        if (isOfFramework && (type.IsValueType || type.IsAssignableTo(typeof(ITuple)))) return false;
        if (type.IsDefined(typeof(CompilerGeneratedAttribute))) return false;

        var equals = type.GetMethod(nameof(Equals), BindingFlags.Instance | BindingFlags.Public, [typeof(object)]);
        if (equals?.DeclaringType is not { } declaring || declaring == typeof(object) || declaring == typeof(ValueType)) return false;
        if (!equals.IsDefined(typeof(CompilerGeneratedAttribute))) return true;

        // The compiler's, of a record, calls the one for the record itself, which can be the user's.
        return type.GetMethod(nameof(Equals), Own, [type]) is { } typed && !typed.IsDefined(typeof(CompilerGeneratedAttribute));
    }
}
