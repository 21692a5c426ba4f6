namespace Memoize.Generators.Model;

/// <summary>What makes two calls the same call.</summary>
/// <param name="Form">How the key is represented.</param>
/// <param name="Parts">The parameters in the key, in order.</param>
internal sealed record KeyModel(KeyForm Form, EquatableArray<KeyPart> Parts);

/// <summary>How a key is represented.</summary>
internal enum KeyForm
{
    /// <summary>There is nothing to distinguish: one entry.</summary>
    None,

    /// <summary>The only parameter is never null and compares by value: it is its own key.</summary>
    Parameter,

    /// <summary>A generated struct.</summary>
    Struct,
}

/// <summary>One part of a key.</summary>
/// <param name="Name">The parameter's name, escaped where needed.</param>
/// <param name="Type">Its type as written.</param>
/// <param name="Equality">How two of them are compared.</param>
internal sealed record KeyPart(string Name, string Type, KeyEquality Equality);

/// <summary>How two parts of a key are compared.</summary>
internal enum KeyEquality
{
    /// <summary>With <c>==</c>, where that is known to mean the same as <c>Equals</c>: numbers, enums, ordinal strings.</summary>
    Operator,

    /// <summary>With <c>EqualityComparer&lt;T&gt;.Default</c>.</summary>
    Default,
}
