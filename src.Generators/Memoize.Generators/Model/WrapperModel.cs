namespace Memoize.Generators.Model;

/// <summary>The generated method that callers call.</summary>
/// <param name="IsPartialImplementation">
/// <see langword="true"/>: it implements the user's partial method; <see langword="false"/>: it is a sibling of the user's method.
/// </param>
/// <param name="Attributes">
/// The attributes that concern callers. Those of a partial method are at its declaration and need no copy on the wrapper.
/// </param>
/// <param name="ReturnAttributes">What the user promises about nulls in the result of an ordinary method.</param>
/// <param name="Modifiers">All modifiers in order, for example <c>public virtual partial</c>.</param>
/// <param name="Accessibility">The accessibility of what is generated beside it.</param>
/// <param name="IsStatic">Whether it, and with it the handle, is static.</param>
/// <param name="Name">Its name, escaped where needed.</param>
/// <param name="Generics">Its type parameters.</param>
/// <param name="Return">What it returns.</param>
/// <param name="Parameters">Its parameters, in order.</param>
internal sealed record WrapperModel(
    bool IsPartialImplementation,
    EquatableArray<string> Attributes,
    EquatableArray<string> ReturnAttributes,
    string Modifiers,
    string Accessibility,
    bool IsStatic,
    string Name,
    GenericsModel Generics,
    ReturnModel Return,
    EquatableArray<ParameterModel> Parameters);

/// <summary>Type parameters and their constraints, ready to be written.</summary>
/// <param name="Names">The escaped names; empty for a method that is not generic.</param>
/// <param name="Constraints">One clause per constrained type parameter: <c>where T : class, new()</c>.</param>
/// <param name="WrapperConstraints">
/// The same for the wrapper itself. An override inherits its constraints and may repeat only some of them.
/// </param>
internal sealed record GenericsModel(
    EquatableArray<string> Names, EquatableArray<string> Constraints, EquatableArray<string> WrapperConstraints)
{
    /// <summary><c>&lt;TKey, TValue&gt;</c>, or nothing.</summary>
    public string List => Names.Count == 0 ? "" : $"<{string.Join(", ", Names)}>";
}

/// <summary>What a cached method returns.</summary>
/// <param name="Kind">How the value comes.</param>
/// <param name="Type">The return type as written: <c>global::System.Threading.Tasks.Task&lt;string&gt;</c>.</param>
/// <param name="ValueType">The type of the value that is kept: <c>string</c>.</param>
/// <param name="CanBeNull">Whether <c>default</c> of the value's type is <see langword="null"/> although its type may not say so.</param>
internal sealed record ReturnModel(ReturnKind Kind, string Type, string ValueType, bool CanBeNull);

/// <summary>How a value comes back to the caller.</summary>
internal enum ReturnKind
{
    /// <summary>As it is.</summary>
    Value,

    /// <summary>In a <c>Task&lt;T&gt;</c>.</summary>
    Task,

    /// <summary>In a <c>ValueTask&lt;T&gt;</c>.</summary>
    ValueTask,
}

/// <summary>One parameter of the wrapper.</summary>
/// <param name="Name">Its name, escaped where needed.</param>
/// <param name="Type">Its type as written.</param>
/// <param name="MeantType">Its type where <c>[AllowNull]</c> and <c>[DisallowNull]</c> are annotations like any other.</param>
/// <param name="Modifiers">What stands before the type, with a trailing space: <c>"in "</c>, <c>"params "</c>, or nothing.</param>
/// <param name="Attributes">Its attributes that concern callers, with a trailing space, or nothing.</param>
/// <param name="Default">Its default value as a C# expression, if the wrapper declares one.</param>
/// <param name="Role">What the wrapper does with it.</param>
/// <param name="Copier">
/// What makes a copy of it for the core, for a collection that is not in the key as it is; <see langword="null"/> if it needs none.
/// </param>
internal sealed record ParameterModel(
    string Name, string Type, string MeantType, string Modifiers, string Attributes, string? Default, ParameterRole Role, string? Copier)
{
    /// <summary>The caller's token: a nullable one that is absent can never be cancelled.</summary>
    public string Token => Type.EndsWith("?", StringComparison.Ordinal) ? $"{Name}.GetValueOrDefault()" : Name;
}

/// <summary>What the wrapper does with a parameter.</summary>
internal enum ParameterRole
{
    /// <summary>It is part of the key.</summary>
    Key,

    /// <summary>It only reaches the core, for example a logger.</summary>
    Passed,

    /// <summary>It is the caller's cancellation token. The core gets the computation's token instead.</summary>
    CallerToken,
}
