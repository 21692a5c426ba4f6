using System.Text;
using Memoize.Generators.Emitting;
using Memoize.Generators.Model;
using Memoize.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Memoize.Generators;

/// <summary>
/// Emits one file per method with <c>[CachedResponse]</c>: find, parse to a model, emit. A partial method that cannot be cached
/// gets a file, too, in which it throws.
/// </summary>
/// <remarks>
/// What is wrong with a method, the analyzer tells, which runs the same parser; where the compiler would not run it, the generator
/// does (<see cref="Tellers"/>). Those reports have an output of their own: an edit above a method moves them, and must not emit
/// the method again.
/// </remarks>
[Generator(LanguageNames.CSharp)]
public sealed class CachedResponseGenerator : IIncrementalGenerator
{
    internal const string ParseStep = "Parse";
    internal const string MethodsStep = "Methods";
    internal const string StubsStep = "Stubs";
    internal const string ReportsStep = "Reports";
    internal const string CodesStep = "Codes";
    internal const string MethodsWithCodeStep = "MethodsWithCode";
    internal const string FileNamesStep = "FileNames";
    internal const string FileNameClashesStep = "FileNameClashes";
    internal const string FilesStep = "Files";

    /// <summary>The names of all steps, in order.</summary>
    internal static readonly string[] Steps = [ParseStep, MethodsStep, StubsStep, ReportsStep, CodesStep, MethodsWithCodeStep, FileNamesStep, FileNameClashesStep, FilesStep];

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var parsed = new ParsedMethods();
        IncrementalValuesProvider<ParsedMethod> found = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                KnownTypes.CachedResponseAttribute,
                predicate: static (node, _) => node is MethodDeclarationSyntax,
                transform: (method, cancellationToken) => parsed.GetOrParse(
                    method.SemanticModel.Compilation, method.TargetNode, method, Parse, cancellationToken))
            .WithTrackingName(ParseStep)
            .Where(static method => method is not null)
            .Select(static (method, _) => method!);

        IncrementalValuesProvider<CachedMethodModel> methods = found
            .Where(static method => method.Method is not null)
            .Select(static (method, _) => method.Method!)
            .WithTrackingName(MethodsStep);

        // The rest is about the few methods that cannot be cached.
        IncrementalValuesProvider<ParsedMethod> uncached = found.Where(static method => method.Method is null);
        IncrementalValuesProvider<StubModel> stubs = uncached
            .Where(static method => method.Stub is not null)
            .Select(static (method, _) => method.Stub!)
            .WithTrackingName(StubsStep);

        IncrementalValuesProvider<ReportModel> reports = uncached
            .SelectMany(static (method, _) => method.Reports)
            .WithTrackingName(ReportsStep);

        // Only these look at bodies. Almost always this is an empty list, too.
        var fingerprints = new CodeFingerprints(parsed);
        IncrementalValueProvider<EquatableArray<CodeModel>> codes = methods
            .Where(static method => method.StoredForm is { FollowsCode: true })
            .Collect()
            .Combine(context.CompilationProvider)
            .Select((project, cancellationToken) => fingerprints.Of(project.Left, project.Right, cancellationToken))
            .WithTrackingName(CodesStep);

        methods = methods
            .Combine(codes)
            .Select(static (method, _) => method.Left.With(method.Right))
            .WithTrackingName(MethodsWithCodeStep);

        // Files are told apart without regard to case, methods are not. Almost always this is an empty list, so that it
        // stays equal through every edit and costs the other methods nothing.
        IncrementalValueProvider<EquatableArray<string>> clashes = found
            .Where(static method => method.FileName is not null)
            .Select(static (method, _) => method.FileName!)
            .WithTrackingName(FileNamesStep)
            .Collect()
            .Select(static (names, _) => FileNameClashes.Among(names))
            .WithTrackingName(FileNameClashesStep);

        IncrementalValuesProvider<(CachedMethodModel Method, EquatableArray<string> Clashes)> files = methods
            .Combine(clashes)
            .WithTrackingName(FilesStep);

        context.RegisterSourceOutput(files, static (production, file) =>
        {
            production.CancellationToken.ThrowIfCancellationRequested();
            production.AddSource(
                FileNameClashes.HintName(file.Method.FileName, file.Method.Id, file.Clashes),
                SourceText.From(CachedMethodEmitter.Emit(file.Method), Encoding.UTF8));
        });

        context.RegisterSourceOutput(stubs.Combine(clashes), static (production, file) => production.AddSource(
            FileNameClashes.HintName(file.Left.FileName, file.Left.Id, file.Right),
            SourceText.From(StubEmitter.Emit(file.Left), Encoding.UTF8)));

        context.RegisterSourceOutput(reports, static (production, report) => production.ReportDiagnostic(Tellers.Diagnostic(report)));
    }

    private static ParsedMethod? Parse(GeneratorAttributeSyntaxContext context, CancellationToken cancellationToken)
        => CachedMethodParser.ParseOrStub(
            (IMethodSymbol)context.TargetSymbol,
            context.Attributes[0],
            KnownTypes.Of(context.SemanticModel.Compilation),
            cancellationToken);
}
