namespace Memoize.Generators.Model;

/// <summary>The user's method that computes a value.</summary>
/// <param name="Name">Its name, escaped where needed.</param>
/// <param name="IsStatic">Whether it is called without an instance.</param>
/// <param name="ReturnsTask">Whether it returns a <c>Task&lt;T&gt;</c>, which the runtime takes as a <c>ValueTask&lt;T&gt;</c>.</param>
/// <param name="Arguments">What it is given, in the order of its parameters.</param>
internal sealed record CoreModel(string Name, bool IsStatic, bool ReturnsTask, EquatableArray<CoreArgument> Arguments)
{
    /// <summary>Whether it takes the computation's token.</summary>
    public bool TakesToken => Arguments.Any(static argument => argument.Parameter == CoreArgument.Token);
}

/// <summary>One argument of the call to the core.</summary>
/// <param name="Parameter">The index of the wrapper's parameter; <see cref="Token"/> for the computation's token.</param>
/// <param name="IsByReference">Whether the core's parameter is <c>in</c> or <c>ref readonly</c>.</param>
internal sealed record CoreArgument(int Parameter, bool IsByReference)
{
    /// <summary>Stands for the token of the computation.</summary>
    public const int Token = -1;
}
