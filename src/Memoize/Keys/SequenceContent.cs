namespace Memoize;

/// <summary>Sequences that lie in memory one item after the other.</summary>
internal sealed class SequenceContent<TSequence, T>(
    KeyContent<T>? item, SequenceContent<TSequence, T>.Reading read, Func<T[], TSequence> make, Func<TSequence, bool>? isDefault = null)
    : KeyContent<TSequence>
{
    private readonly ItemContent<T> _item = new(item);

    public delegate ReadOnlySpan<T> Reading(TSequence sequence);

    public override bool Equals(TSequence? x, TSequence? y)
    {
        if (IsNothing(x) || IsNothing(y)) return IsNothing(x) && IsNothing(y);

        ReadOnlySpan<T> left = read(x!), right = read(y!);
        if (_item.IsValue) return left.SequenceEqual(right);
        if (left.Length != right.Length) return false;

        for (int i = 0; i < left.Length; i++)
        {
            if (!_item.Equals(left[i], right[i])) return false;
        }

        return true;
    }

    public override int GetHashCode(TSequence? obj)
    {
        if (IsNothing(obj)) return 0;

        var hash = new HashCode();
        ReadOnlySpan<T> items = read(obj!);
        hash.Add(items.Length);
        foreach (T one in items) hash.Add(_item.GetHashCode(one));
        return hash.ToHashCode();
    }

    public override TSequence Copy(TSequence value) => IsNothing(value) ? value : make(_item.Copy(read(value)));

    public override string Describe(TSequence value)
    {
        if (IsNothing(value)) return "null";

        var items = new List<string>();
        foreach (T one in read(value)) items.Add(_item.Describe(one));
        return $"[{string.Join(", ", items)}]";
    }

    private bool IsNothing(TSequence? sequence) => sequence is null || isDefault?.Invoke(sequence) == true;
}
