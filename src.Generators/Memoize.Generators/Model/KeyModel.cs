namespace Memoize.Generators.Model;

/// <summary>What makes two calls the same call.</summary>
/// <param name="Form">How the key is represented.</param>
/// <param name="Parts">The parts of the key, in order: members of the type, then parameters.</param>
/// <param name="TypeParameters">The type parameters in it, of which only the program knows whether they can be written for stores.</param>
/// <param name="Meaning">The fingerprint of the names and types of its parts: what the bytes mean that are written for stores.</param>
internal sealed record KeyModel(KeyForm Form, EquatableArray<KeyPart> Parts, EquatableArray<string> TypeParameters, string Meaning)
{
    /// <summary>Whether it can be written for stores.</summary>
    public bool CanBeStored => Parts.All(static part => part.Stored is not null);

    /// <summary>The parts that are parameters of the method.</summary>
    public IEnumerable<KeyPart> Parameters => Parts.Where(static part => part.Member is null);

    /// <summary>Whether a key refers to what the caller can change, so that a key that is stored must be a copy.</summary>
    public bool NeedsCopy => Parts.Any(static part => part.IsCopied);

    /// <summary>The parameters that can change, collections above all: the core gets copies of its own.</summary>
    public IEnumerable<KeyPart> Collections => Parameters.Where(static part => part.IsCopied);
}

/// <summary>How a key is represented.</summary>
internal enum KeyForm
{
    /// <summary>There is nothing to distinguish: one entry.</summary>
    None,

    /// <summary>The only parameter is its own key: a string, or what is never null and compares by value.</summary>
    Parameter,

    /// <summary>A generated struct.</summary>
    Struct,
}

/// <summary>One part of a key.</summary>
/// <param name="Name">The parameter's name, escaped where needed; for a member, a name that no parameter has.</param>
/// <param name="Type">Its type as written.</param>
/// <param name="IsText">Whether it is a string.</param>
/// <param name="CanBeNull">Whether it can be <see langword="null"/>, whatever its annotation says.</param>
/// <param name="Equality">How two of them are compared.</param>
/// <param name="Comparer">The expression of what compares them, for <see cref="KeyEquality.Content"/> and <see cref="KeyEquality.Comparer"/>.</param>
/// <param name="ComparerType">The type of the static field that holds the comparer; <see langword="null"/> if none is needed.</param>
/// <param name="IsCopied">Whether it can change, so that a key that is kept, and the core, get a copy from its content.</param>
/// <param name="Stored">How it is written for stores; <see langword="null"/> if it cannot be.</param>
/// <param name="Member">The member of the type that the part is read from; <see langword="null"/> for a parameter.</param>
internal sealed record KeyPart(
    string Name,
    string Type,
    bool IsText,
    bool CanBeNull,
    KeyEquality Equality,
    string? Comparer,
    string? ComparerType,
    bool IsCopied,
    KeyShape? Stored,
    KeyMember? Member);

/// <summary>A field or property that is part of the key.</summary>
/// <param name="Name">Its name, escaped where needed.</param>
/// <param name="StaticType">The type that has it, if it is static; it is read from the instance otherwise.</param>
/// <param name="Captured">
/// The parameter of the primary constructor that it stands for: only instance members see that, so it is read through a property.
/// </param>
internal sealed record KeyMember(string Name, string? StaticType, string? Captured);

/// <summary>How two parts of a key are compared.</summary>
internal enum KeyEquality
{
    /// <summary>With <c>==</c>, where that is known to mean the same as <c>Equals</c>: integers, enums, ordinal strings.</summary>
    Operator,

    /// <summary>With <c>EqualityComparer&lt;T&gt;.Default</c>.</summary>
    Default,

    /// <summary>With the comparer that the user chose.</summary>
    Comparer,

    /// <summary>By what it holds, or more exactly than its own equality has it.</summary>
    Content,
}
