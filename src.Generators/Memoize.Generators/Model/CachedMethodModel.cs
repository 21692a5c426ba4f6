namespace Memoize.Generators.Model;

/// <summary>
/// Everything the emitter has to know about one cached method, and nothing of the compiler: two models are equal when the
/// emitted text is equal, which is what lets the pipeline stop early.
/// </summary>
/// <param name="Id">The method's documentation id; unique in the compilation.</param>
/// <param name="FileName">A readable name for the generated file. Rarely, two of them differ by case only or not at all.</param>
/// <param name="Hierarchy">Where the generated members go.</param>
/// <param name="MethodCref">The annotated method, for documentation comments.</param>
/// <param name="DisplayName">A C# expression: the name of the method in statistics, logs and messages.</param>
/// <param name="Wrapper">The method that callers call.</param>
/// <param name="Core">The method that computes.</param>
/// <param name="Key">What makes two calls the same call.</param>
/// <param name="Names">The names of the generated members.</param>
/// <param name="Policy">The options of the attribute.</param>
/// <param name="StoredForm">How its keys and results are told apart in stores; <see langword="null"/> if they are never in one.</param>
/// <param name="Memoizer">Where the wrapper finds its memoizer.</param>
/// <param name="Warnings">The warnings that the generated file switches off.</param>
internal sealed record CachedMethodModel(
    string Id,
    string FileName,
    HierarchyInfo Hierarchy,
    string MethodCref,
    string DisplayName,
    WrapperModel Wrapper,
    CoreModel Core,
    KeyModel Key,
    GeneratedNames Names,
    PolicyModel Policy,
    StoredFormModel? StoredForm,
    MemoizerModel Memoizer,
    EquatableArray<SuppressedWarning> Warnings)
{
    /// <summary>The model with the fingerprint of its code, if it asks for that.</summary>
    public CachedMethodModel With(EquatableArray<CodeModel> codes) => StoredForm is { FollowsCode: true }
        ? this with { StoredForm = StoredForm with { Code = codes.First(code => code.MethodId == Id).Fingerprint } }
        : this;
}
