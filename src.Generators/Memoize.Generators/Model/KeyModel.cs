namespace Memoize.Generators.Model;

/// <summary>What makes two calls the same call.</summary>
/// <param name="Form">How the key is represented.</param>
/// <param name="Parts">The parts of the key, in order: the runtime type, members of the type, then parameters or the user's own key.</param>
/// <param name="Projections">What makes the keys that stand for values of other types (<c>[CacheKeyFor]</c>).</param>
/// <param name="TypeParameters">The type parameters in it, of which only the program knows whether they can be written for stores.</param>
/// <param name="Meaning">The fingerprint of the names and types of its parts: what the bytes mean that are written for stores.</param>
internal sealed record KeyModel(
    KeyForm Form, EquatableArray<KeyPart> Parts, EquatableArray<KeyProjection> Projections, EquatableArray<string> TypeParameters, string Meaning)
{
    /// <summary>Whether it can be written for stores.</summary>
    public bool CanBeStored => Parts.All(static part => part.Stored is not null);

    /// <summary>Whether a key refers to what the caller can change, so that a key that is kept must be a copy.</summary>
    public bool NeedsCopy => Parts.Any(static part => part.Copy is not null);

    /// <summary>The parameters that are such values: the core gets copies of its own, made of the key's.</summary>
    public IEnumerable<KeyPart> Copied => Parts.Where(static part => part is { Source: KeyParameter, Projection: null, Copy: not null });

    /// <summary>Whether a part is read from the instance.</summary>
    public bool NeedsInstance => Parts.Any(static part => part.Source.NeedsInstance);

    /// <summary>The method of the user that makes the key, if there is one.</summary>
    public OwnKeyCall? OwnKey => Parts.Select(static part => part.Source).OfType<OwnKeyCall>().FirstOrDefault();
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
/// <param name="Name">The parameter's name, escaped where needed; for other parts, a name that no parameter has.</param>
/// <param name="Type">Its type as written.</param>
/// <param name="IsText">Whether it is a string.</param>
/// <param name="CanBeNull">Whether it can be <see langword="null"/>, whatever its annotation says.</param>
/// <param name="Equality">How two of them are compared.</param>
/// <param name="Comparer">The expression of what compares them, for <see cref="KeyEquality.Content"/> and <see cref="KeyEquality.Comparer"/>.</param>
/// <param name="ComparerType">The type of the static field that holds the comparer; <see langword="null"/> if none is needed.</param>
/// <param name="Copy">How a copy of it is made that the caller cannot change; <see langword="null"/> if none is needed.</param>
/// <param name="Stored">How it is written for stores; <see langword="null"/> if it cannot be.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="Projection">The projection that makes it of what is found there; <see langword="null"/> if it is in the key as it is.</param>
internal sealed record KeyPart(
    string Name,
    string Type,
    bool IsText,
    bool CanBeNull,
    KeyEquality Equality,
    string? Comparer,
    string? ComparerType,
    KeyCopy? Copy,
    KeyShape? Stored,
    KeySource Source,
    string? Projection);

/// <summary>How a copy of a part is made.</summary>
/// <param name="Call">The expression, with <c>{0}</c> for the part and <c>{1}</c> for what compares or copies it.</param>
/// <param name="Copier">What copies a collection that is compared by something else; <see langword="null"/> if there is none.</param>
internal sealed record KeyCopy(string Call, string? Copier = null)
{
    /// <summary>By what compares the part.</summary>
    public static KeyCopy ByComparer { get; } = new("{1}.Copy({0})");
}

/// <summary>Where a part of a key comes from.</summary>
internal abstract record KeySource
{
    /// <summary>Whether it is read from the instance that the method was called on.</summary>
    public abstract bool NeedsInstance { get; }
}

/// <summary>A parameter of the method.</summary>
internal sealed record KeyParameter : KeySource
{
    public static KeyParameter Instance { get; } = new();

    public override bool NeedsInstance => false;
}

/// <summary>A field or property that is part of the key.</summary>
/// <param name="Name">Its name, escaped where needed.</param>
/// <param name="Type">Its type as written.</param>
/// <param name="StaticType">The type that has it, if it is static; it is read from the instance otherwise.</param>
/// <param name="Captured">
/// The parameter of the primary constructor that it stands for: only instance members see that, so it is read through a property.
/// </param>
internal sealed record KeyMember(string Name, string Type, string? StaticType, string? Captured) : KeySource
{
    public override bool NeedsInstance => StaticType is null;
}

/// <summary>What a method of the user returns: <c>Key = nameof(KeyOf)</c>.</summary>
/// <param name="Name">The simple name of the method.</param>
/// <param name="Call">The call, with <c>{0}</c> for the instance.</param>
/// <param name="IsStatic">Whether it is called without an instance.</param>
internal sealed record OwnKeyCall(string Name, string Call, bool IsStatic) : KeySource
{
    public override bool NeedsInstance => !IsStatic;
}

/// <summary>The type that the instance has at run time.</summary>
/// <param name="IsHidden">Whether the type has another <c>GetType</c> than that of <c>object</c>.</param>
internal sealed record RuntimeType(bool IsHidden) : KeySource
{
    public override bool NeedsInstance => true;
}

/// <summary>A method that makes the key that stands for a value.</summary>
/// <param name="Name">Its name.</param>
/// <param name="From">The type of the value.</param>
/// <param name="To">The type of the key.</param>
/// <param name="Body">The expression of the key, over <c>value</c>.</param>
internal sealed record KeyProjection(string Name, string From, string To, string Body);

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
