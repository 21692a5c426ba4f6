using System.Text;
using Memoize.Generators.Emitting;
using Memoize.Generators.Model;
using Memoize.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Memoize.Generators;

/// <summary>
/// Emits one file per method with <c>[CachedResponse]</c>: find, parse to a model, emit.
/// </summary>
/// <remarks>
/// The generator is silent about methods it cannot cache: the analyzer, which runs the same parser with a reporter, tells.
/// Were diagnostics part of the models, an edit above a method would move their locations and emit the method again.
/// </remarks>
[Generator(LanguageNames.CSharp)]
public sealed class CachedResponseGenerator : IIncrementalGenerator
{
    internal const string ParseStep = "Parse";
    internal const string MethodsStep = "Methods";
    internal const string CodesStep = "Codes";
    internal const string MethodsWithCodeStep = "MethodsWithCode";
    internal const string FileNamesStep = "FileNames";
    internal const string FileNameClashesStep = "FileNameClashes";
    internal const string FilesStep = "Files";

    /// <summary>The names of all steps, in order.</summary>
    internal static readonly string[] Steps = [ParseStep, MethodsStep, CodesStep, MethodsWithCodeStep, FileNamesStep, FileNameClashesStep, FilesStep];

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var parsed = new ParsedMethods();
        IncrementalValuesProvider<CachedMethodModel> methods = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                KnownTypes.CachedResponseAttribute,
                predicate: static (node, _) => node is MethodDeclarationSyntax,
                transform: (method, cancellationToken) => parsed.GetOrParse(
                    method.SemanticModel.Compilation, method.TargetNode, method, Parse, cancellationToken))
            .WithTrackingName(ParseStep)
            .Where(static method => method is not null)
            .Select(static (method, _) => method!)
            .WithTrackingName(MethodsStep);

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
        IncrementalValueProvider<EquatableArray<string>> clashes = methods
            .Select(static (method, _) => method.FileName)
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
                FileNameClashes.HintName(file.Method, file.Clashes),
                SourceText.From(CachedMethodEmitter.Emit(file.Method), Encoding.UTF8));
        });
    }

    private static CachedMethodModel? Parse(GeneratorAttributeSyntaxContext context, CancellationToken cancellationToken)
        => CachedMethodParser.Parse(
            (IMethodSymbol)context.TargetSymbol,
            context.Attributes[0],
            KnownTypes.Of(context.SemanticModel.Compilation),
            report: null,
            cancellationToken);
}
