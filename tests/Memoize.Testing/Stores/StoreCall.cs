namespace Memoize.Testing;

/// <summary>One call of a store.</summary>
/// <param name="Number">Its number; the first is 1.</param>
/// <param name="Operation">The operation without <c>Async</c>: <c>Read</c>, <c>TryClaim</c> …</param>
/// <param name="Form">Which form of it was called.</param>
public sealed record StoreCall(int Number, string Operation, CallForm Form)
{
    public override string ToString() => $"{Number} {Operation}{(Form == CallForm.Asynchronous ? "Async" : "")}";
}

/// <summary>When something happens to a call.</summary>
public enum FaultMoment
{
    /// <summary>Nothing has been done yet, and nothing will be.</summary>
    Before,

    /// <summary>It has been done, and nobody learns that: the answer was lost.</summary>
    After,
}
