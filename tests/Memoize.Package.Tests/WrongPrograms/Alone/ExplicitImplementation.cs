// MEMO002
internal sealed partial class ExplicitImplementation : IComparable
{
    [CachedResponse("5m")]
    partial int IComparable.CompareTo(object? other);
}
