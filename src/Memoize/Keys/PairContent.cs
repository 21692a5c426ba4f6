namespace Memoize;

/// <summary>Keys with their values, where their order counts.</summary>
internal sealed class PairContent<TKey, TValue>(KeyContent<TKey>? key, KeyContent<TValue>? value) : KeyContent<KeyValuePair<TKey, TValue>>
{
    private readonly ItemContent<TKey> _key = new(key);
    private readonly ItemContent<TValue> _value = new(value);

    public override bool Equals(KeyValuePair<TKey, TValue> x, KeyValuePair<TKey, TValue> y) => _key.Equals(x.Key, y.Key) && _value.Equals(x.Value, y.Value);

    public override int GetHashCode(KeyValuePair<TKey, TValue> obj) => HashCode.Combine(_key.GetHashCode(obj.Key), _value.GetHashCode(obj.Value));

    public override KeyValuePair<TKey, TValue> Copy(KeyValuePair<TKey, TValue> value) => new(_key.Copy(value.Key), _value.Copy(value.Value));

    public override string Describe(KeyValuePair<TKey, TValue> value) => $"{_key.Describe(value.Key)}: {_value.Describe(value.Value)}";
}
