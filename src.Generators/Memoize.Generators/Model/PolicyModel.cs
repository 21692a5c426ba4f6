namespace Memoize.Generators.Model;

/// <summary>The options of one cached method. What the user did not set is left to the runtime's defaults.</summary>
/// <param name="Options">The options of the policy that were set, in the order of the attribute's properties.</param>
/// <param name="When">The method that decides whether a result is kept.</param>
/// <param name="DurationFrom">The method that gives a result's life.</param>
/// <param name="Size">The method that gives a result's size.</param>
/// <param name="Tags">The tags, each as a C# expression over the parameters in the key.</param>
/// <param name="RefreshesInBackground">Whether a hit may start a refresh.</param>
/// <param name="IsPerInstance">Whether each instance has results of its own.</param>
internal sealed record PolicyModel(
    EquatableArray<PolicyOption> Options,
    CallbackModel? When,
    CallbackModel? DurationFrom,
    CallbackModel? Size,
    EquatableArray<string> Tags,
    bool RefreshesInBackground,
    bool IsPerInstance)
{
    /// <summary>Whether a callback is called on the instance that the method was called on.</summary>
    public bool NeedsOwner => When is { IsStatic: false } || DurationFrom is { IsStatic: false } || Size is { IsStatic: false };
}

/// <summary>One option of the policy.</summary>
/// <param name="Name">The property of <c>CachePolicy&lt;TValue&gt;</c>.</param>
/// <param name="Value">Its value as a C# expression.</param>
internal sealed record PolicyOption(string Name, string Value);

/// <summary>A method of the user that an option names.</summary>
/// <param name="Name">Its name, with type arguments where it is generic.</param>
/// <param name="IsStatic">Whether it is called without an instance.</param>
/// <param name="ForgivesNull">Whether its parameter is annotated otherwise than the result, which is no mistake here.</param>
internal sealed record CallbackModel(string Name, bool IsStatic, bool ForgivesNull);
