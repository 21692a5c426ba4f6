namespace Memoize.Generators.Model;

/// <summary>
/// The implementation of a partial method that cannot be cached. It throws; without it, the compiler would only say that it is
/// missing, and not run the analyzers, which know why.
/// </summary>
/// <param name="Id">The method's documentation id.</param>
/// <param name="FileName">A readable name for the generated file.</param>
/// <param name="Hierarchy">Where it goes.</param>
/// <param name="Signature">The method as its declaration has it, on one line, without constraints.</param>
/// <param name="Constraints">Its constraint clauses.</param>
/// <param name="Reason">What a caller reads, if it comes to that.</param>
/// <param name="Warnings">The warnings that the generated file switches off.</param>
internal sealed record StubModel(
    string Id,
    string FileName,
    HierarchyInfo Hierarchy,
    string Signature,
    EquatableArray<string> Constraints,
    string Reason,
    EquatableArray<SuppressedWarning> Warnings);
