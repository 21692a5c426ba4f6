namespace Memoize.Generators.Model;

/// <summary>How a value in a key is written for stores: equal values write the same bytes, and others do not.</summary>
internal abstract record KeyShape;

/// <summary>A value that takes one call.</summary>
/// <param name="Call">The call, with <c>{0}</c> for the value: <c>writer.Write({0})</c>.</param>
/// <param name="TypeParameter">The type parameter that it is of, of which only the program knows whether it can be written.</param>
internal sealed record SimpleShape(string Call, string? TypeParameter = null) : KeyShape;

/// <summary>A value that may be absent.</summary>
/// <param name="Value">What there is otherwise.</param>
/// <param name="IsMarked">Whether it says that it is there, because what it writes may begin like an absent one.</param>
internal sealed record NullableShape(KeyShape Value, bool IsMarked) : KeyShape;

/// <summary>A value that may be absent in a way of its own.</summary>
/// <param name="IsAbsent">The test for that, with <c>{0}</c> for the value: <c>{0}.IsDefault</c>.</param>
/// <param name="Value">What there is otherwise.</param>
internal sealed record GuardedShape(string IsAbsent, KeyShape Value) : KeyShape;

/// <summary>A collection.</summary>
/// <param name="Method">The method of the writer: <c>WriteSequence</c>, <c>WriteSet</c> or <c>WriteMap</c>.</param>
/// <param name="Items">What is enumerated, with <c>{0}</c> for the collection.</param>
/// <param name="Item">The items, or the keys of a map.</param>
/// <param name="MapValue">The values of a map.</param>
internal sealed record CollectionShape(string Method, string Items, KeyShape Item, KeyShape? MapValue) : KeyShape;

/// <summary>A value that is what its members are.</summary>
/// <param name="Members">The members that its equality compares.</param>
/// <param name="IsReference">Whether it is of a class: it may be null, and of a derived type.</param>
internal sealed record MembersShape(EquatableArray<ShapeMember> Members, bool IsReference) : KeyShape;

/// <summary>One member of such a value.</summary>
/// <param name="Read">How it is read, with <c>{0}</c> for the value: <c>{0}.Name</c>.</param>
/// <param name="Shape">How it is written.</param>
internal sealed record ShapeMember(string Read, KeyShape Shape);
