namespace Memoize;

/// <summary>Values that may be absent.</summary>
internal sealed class NullableContent<T>(KeyContent<T> content) : KeyContent<T?>
    where T : struct
{
    public override bool Equals(T? x, T? y) => x is { } left && y is { } right ? content.Equals(left, right) : x.HasValue == y.HasValue;

    public override int GetHashCode(T? obj) => obj is { } present ? content.GetHashCode(present) : 0;

    public override T? Copy(T? value) => value is { } present ? content.Copy(present) : null;

    public override string Describe(T? value) => value is { } present ? content.Describe(present) : "null";
}
