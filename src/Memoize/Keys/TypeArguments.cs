using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Memoize;

/// <summary>How what a type parameter stands for is compared, which only the program knows.</summary>
internal static class TypeArgument<T>
{
    public static readonly KeyContent<T> Content = TypeArguments.ContentOf<T>();
}

/// <summary>
/// Values of types that are only known at run time: the framework's as exactly as elsewhere, arrays by what they hold, and
/// everything else by its own equality, which has to be one by value. Without reflection over members: it works in trimmed programs.
/// </summary>
internal static class TypeArguments
{
    private static readonly Dictionary<Type, IAnyContent> Known = [];

    static TypeArguments()
    {
        AddValue(KeyContent.OfDouble());
        AddValue(KeyContent.OfSingle());
        AddValue(KeyContent.OfHalf());
        AddValue(KeyContent.OfComplex());
        AddValue(KeyContent.OfDecimal());
        AddValue(KeyContent.OfDateTime());
        AddValue(KeyContent.OfDateTimeOffset());
        AddValue(KeyContent.OfJsonElement());
        AddReference(KeyContent.OfUri());
        AddReference(KeyContent.OfHttpMethod());
        AddReference(KeyContent.OfCultureInfo());
        AddReference(KeyContent.OfStringBuilder());

        // They need no care themselves, but their arrays do, and should not be read as objects.
        AddArray<bool>();
        AddArray<byte>();
        AddArray<sbyte>();
        AddArray<short>();
        AddArray<ushort>();
        AddArray<int>();
        AddArray<uint>();
        AddArray<long>();
        AddArray<ulong>();
        AddArray<char>();
        AddArray<Guid>();
        AddArray<string>();
    }

    public static KeyContent<T> ContentOf<T>()
    {
        if (Known.TryGetValue(typeof(T), out var known)) return (KeyContent<T>)known;

        var type = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);
        bool isOwn = type == typeof(string)
            || (!IsWindow(type) && !typeof(ITuple).IsAssignableFrom(type) && (type.IsValueType || typeof(IEquatable<T>).IsAssignableFrom(typeof(T))));
        return isOwn ? PlainContent<T>.Instance : new AnyContent<T>();
    }

    public static bool AreSame(object? x, object? y)
    {
        if (ReferenceEquals(x, y)) return true;
        if (x is null || y is null || x.GetType() != y.GetType()) return x is not null && y is not null && x is not Array && x is not ITuple && x.Equals(y);
        if (Known.TryGetValue(x.GetType(), out var known)) return known.AreSame(x, y);

        switch (x)
        {
            case Array items:
                var others = (Array)y;
                if (items.Rank != 1 || items.Length != others.Length) return items.Rank != 1 && x.Equals(y);

                for (int i = 0; i < items.Length; i++)
                {
                    if (!AreSame(items.GetValue(i), others.GetValue(i))) return false;
                }

                return true;
            case ITuple tuple:
                for (int i = 0; i < tuple.Length; i++)
                {
                    if (!AreSame(tuple[i], ((ITuple)y)[i])) return false;
                }

                return true;
            default:
                return x.Equals(y);
        }
    }

    public static int Hash(object? value)
    {
        if (value is null) return 0;
        if (Known.TryGetValue(value.GetType(), out var known)) return known.Hash(value);

        var hash = new HashCode();
        switch (value)
        {
            case Array { Rank: 1 } items:
                foreach (object? item in items) hash.Add(Hash(item));
                return hash.ToHashCode();
            case ITuple tuple:
                for (int i = 0; i < tuple.Length; i++) hash.Add(Hash(tuple[i]));
                return hash.ToHashCode();
            default:
                int own = value.GetHashCode();
                if (IsByReference(value, own)) throw new NotSupportedException($"A '{value.GetType()}' was passed where a cached method has a type parameter, and it compares by reference: no other call would find its result. Pass an array, which counts by what it holds, a record, or what tells the values apart.");
                return own;
        }
    }

    /// <summary>A copy that shares nothing with the value that could change.</summary>
    public static object? Copy(object? value)
    {
        if (value is null) return null;
        if (Known.TryGetValue(value.GetType(), out var known)) return known.Copy(value);
        if (value is ITuple tuple) MustNotChange(tuple);
        if (value is not Array { Rank: 1 } items) return value;

        var copy = (Array)items.Clone();
        if (!copy.GetType().GetElementType()!.IsPrimitive)
        {
            for (int i = 0; i < copy.Length; i++)
            {
                object? item = copy.GetValue(i);
                object? own = Copy(item);
                if (!ReferenceEquals(item, own)) copy.SetValue(own, i);
            }
        }

        return copy;
    }

    public static string Describe(object? value) => value switch
    {
        null => "null",
        _ when Known.TryGetValue(value.GetType(), out var known) => known.Describe(value),
        Array { Rank: 1 } items => $"[{string.Join(", ", items.Cast<object?>().Select(Describe))}]",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    // A view of memory has no equality by what it shows, and what it shows is of a type that only reflection could name.
    private static bool IsWindow(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() is var definition
        && (definition == typeof(ImmutableArray<>) || definition == typeof(Memory<>) || definition == typeof(ReadOnlyMemory<>) || definition == typeof(ArraySegment<>));

    // Whoever overrides Equals overrides GetHashCode, and then the hash is another than the one that every object has. That an
    // own hash is the same by chance is left to reflection, which trimming may mislead; chance and trimming are rare enough.
    private static bool IsByReference(object value, int hash) =>
        IsWindow(value.GetType()) || (!value.GetType().IsValueType && hash == RuntimeHelpers.GetHashCode(value) && !OverridesEquals(value));

    [System.Diagnostics.CodeAnalysis.UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "Only asked when the hash is that of a reference.")]
    private static bool OverridesEquals(object value) =>
        value.GetType().GetMethod(nameof(Equals), BindingFlags.Instance | BindingFlags.Public, [typeof(object)])?.DeclaringType is { } declaring && declaring != typeof(object);

    private static void MustNotChange(ITuple tuple)
    {
        for (int i = 0; i < tuple.Length; i++)
        {
            if (tuple[i] is Array or StringBuilder) throw new NotSupportedException($"A '{tuple.GetType()}' was passed where a cached method has a type parameter, and it holds a '{tuple[i]!.GetType()}', which its owner can change. Give the parameter the type of the tuple, or pass the parts one by one.");
            if (tuple[i] is ITuple inner) MustNotChange(inner);
        }
    }

    private static void AddValue<T>(KeyContent<T> content)
        where T : struct
    {
        Known.Add(typeof(T), content);
        Known.Add(typeof(T?), new NullableContent<T>(content));
        Known.Add(typeof(T[]), KeyContent.OfArray(content));
    }

    private static void AddReference<T>(KeyContent<T> content)
        where T : class
    {
        Known.Add(typeof(T), content);
        Known.Add(typeof(T[]), KeyContent.OfArray(content));
    }

    private static void AddArray<T>() => Known.Add(typeof(T[]), KeyContent.OfArray<T>());
}

/// <summary>A content whose type is only known at run time.</summary>
internal interface IAnyContent
{
    bool AreSame(object x, object y);

    int Hash(object value);

    object? Copy(object value);

    string Describe(object value);
}

/// <summary>Values whose own equality is all that there is to compare.</summary>
internal sealed class PlainContent<T> : KeyContent<T>
{
    public static readonly PlainContent<T> Instance = new();

    public override bool Equals(T? x, T? y) => EqualityComparer<T>.Default.Equals(x, y);

    public override int GetHashCode(T? obj) => obj is null ? 0 : EqualityComparer<T>.Default.GetHashCode(obj);

    public override T Copy(T value) => value;

    public override string Describe(T value) => value is null ? "null" : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}

/// <summary>Values that are looked at one by one, for what they are.</summary>
internal sealed class AnyContent<T> : KeyContent<T>
{
    public override bool Equals(T? x, T? y) => TypeArguments.AreSame(x, y);

    public override int GetHashCode(T? obj) => TypeArguments.Hash(obj);

    public override T Copy(T value) => (T)TypeArguments.Copy(value)!;

    public override string Describe(T value) => TypeArguments.Describe(value);
}
