namespace Memoize.Generators.Model;

/// <summary>What became of one method with <c>[CachedResponse]</c>.</summary>
/// <param name="Method">The method, if it can be cached.</param>
/// <param name="Stub">What stands in for it, if it cannot be cached and has to be implemented.</param>
/// <param name="Reports">What is wrong with it, if that is the generator's to tell. It moves when the file is edited above it.</param>
internal sealed record ParsedMethod(CachedMethodModel? Method, StubModel? Stub, EquatableArray<ReportModel> Reports)
{
    /// <summary>The file that is written for it, if any.</summary>
    public string? FileName => Method?.FileName ?? Stub?.FileName;
}
