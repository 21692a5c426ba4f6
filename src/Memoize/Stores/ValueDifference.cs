namespace Memoize;

/// <summary>Where a value that was read back differs from the one that was written. It says nothing of the values themselves, which can be secrets.</summary>
/// <param name="Member">The way to it, from the type of the result on: <c>Order.Lines[3].Price</c>.</param>
/// <param name="Problem">What is wrong there, as the end of a sentence that begins with the member.</param>
internal sealed record ValueDifference(string Member, string Problem)
{
    /// <summary>What was thrown while the value was read back or compared; null if nothing was.</summary>
    public Exception? Failure { get; init; }

    /// <summary>The way without the places in collections: what is the same for one value is the same for the next.</summary>
    public string Place => string.Concat(Member.Where(static letter => !char.IsAsciiDigit(letter)));

    /// <summary>The same, seen from what has the value as its <paramref name="member"/>.</summary>
    public ValueDifference Within(string member) => this with { Member = member + Member };
}
