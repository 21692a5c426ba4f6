namespace Memoize.Generators.Model;

/// <summary>Where the wrapper finds its memoizer.</summary>
/// <param name="Expression">A C# expression, for example <c>this._memoizer</c>.</param>
/// <param name="NeedsAccessor">
/// Whether a parameter of the method hides what the expression names, so that it has to be read through a property.
/// </param>
internal sealed record MemoizerModel(string Expression, bool NeedsAccessor);
