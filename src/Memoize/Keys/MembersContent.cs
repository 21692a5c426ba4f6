using System.Globalization;

namespace Memoize;

/// <summary>
/// Values of which members count that their own equality compares laxly, or by reference. Either their own equality has to hold,
/// too, or the members are all there is.
/// </summary>
internal sealed class MembersContent<T>(bool hasOwnEquality, KeyMember<T>[] members) : KeyContent<T>
{
    public override bool Equals(T? x, T? y)
    {
        if (x is null || y is null) return x is null && y is null;
        if (hasOwnEquality && !EqualityComparer<T>.Default.Equals(x, y)) return false;
        if (!hasOwnEquality && typeof(T).IsClass && x.GetType() != y.GetType()) return false;

        foreach (var member in members)
        {
            if (!member.AreSame(x, y)) return false;
        }

        return true;
    }

    public override int GetHashCode(T? obj)
    {
        if (obj is null) return 0;
        if (hasOwnEquality) return EqualityComparer<T>.Default.GetHashCode(obj);

        MustBeOf(obj);
        var hash = new HashCode();
        foreach (var member in members) hash.Add(member.Hash(obj));
        return hash.ToHashCode();
    }

    public override T Copy(T value)
    {
        if (value is null) return value;

        foreach (var member in members) value = member.Copy(value);
        return value;
    }

    public override string Describe(T value) => value switch
    {
        null => "null",
        _ when hasOwnEquality => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        _ => $"({string.Join(", ", members.Select(member => member.Describe(value)))})",
    };

    // What a derived type adds, nobody compares here: two values that differ in it would be one.
    private static void MustBeOf(T value)
    {
        if (typeof(T).IsClass && value!.GetType() != typeof(T)) throw new NotSupportedException($"A '{value.GetType()}' was passed as a '{typeof(T)}', whose members are compared one by one in the keys of cached methods, so that those of the derived type would not count. Make '{typeof(T)}' sealed, let it override Equals, or pass what tells the values apart.");
    }
}

/// <summary>One member of a value in a key, which its own equality compares laxly or by reference. Generated keys use these.</summary>
/// <typeparam name="T">The type that has the member.</typeparam>
/// <remarks>Immutable and thread-safe.</remarks>
public abstract class KeyMember<T>
{
    private protected KeyMember()
    {
    }

    internal abstract bool AreSame(T x, T y);

    internal abstract int Hash(T value);

    internal abstract T Copy(T value);

    internal abstract string Describe(T value);
}

/// <summary>A member of a type.</summary>
internal sealed class KeyMember<T, TMember>(Func<T, TMember> read, KeyContent<TMember>? content, Func<T, TMember, T>? with) : KeyMember<T>
{
    private readonly ItemContent<TMember> _content = new(content);

    internal override bool AreSame(T x, T y) => _content.Equals(read(x), read(y));

    internal override int Hash(T value) => _content.GetHashCode(read(value));

    internal override T Copy(T value) => with is null ? value : with(value, _content.Copy(read(value)));

    internal override string Describe(T value) => _content.Describe(read(value));
}
