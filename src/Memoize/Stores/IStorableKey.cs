namespace Memoize;

/// <summary>
/// Implemented by types of your own that are in keys of methods with a store: it writes what makes two values equal. Types
/// that the generator can see through (numbers, strings, dates, enums, tuples, records of these, collections of them) do not
/// need it. The type of a value counts, too: values of two types never have the same key.
/// </summary>
public interface IStorableKey
{
    /// <summary>Writes this value: two values write the same if and only if they are equal, in every process and on every machine.</summary>
    void WriteTo(StoreKeyWriter writer);
}
