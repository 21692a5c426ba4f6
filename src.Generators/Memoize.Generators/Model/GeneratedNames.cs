namespace Memoize.Generators.Model;

/// <summary>The names of what is generated beside the wrapper.</summary>
/// <param name="Handle">The property (or generic method) that gives the handle: <c>GetQuoteCache</c>.</param>
/// <param name="HandleType">The handle's type: <c>GetQuoteCacheHandle</c>.</param>
/// <param name="Definition">The private class with name, policy and key: <c>GetQuoteMethod</c>.</param>
/// <param name="Memoizer">A private accessor of the memoizer, where one is needed: <c>GetQuoteMemoizer</c>.</param>
/// <param name="HidesInherited">Whether a base type has a handle of the same name.</param>
internal sealed record GeneratedNames(string Handle, string HandleType, string Definition, string Memoizer, bool HidesInherited);
