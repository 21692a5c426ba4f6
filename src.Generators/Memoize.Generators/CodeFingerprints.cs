using System.Collections.Immutable;
using Memoize.Generators.Model;
using Memoize.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace Memoize.Generators;

/// <summary>
/// The fingerprints of the code of those methods that ask for them. They depend on bodies, which parsed methods must not, and
/// so they are found out apart from them; projects in which no method asks pay nothing.
/// </summary>
/// <remarks>
/// A fingerprint is kept for as long as no declaration changes and the files that it was made from are the same. There is one
/// for each pipeline; runs of it may overlap, and each then works with results that are its own.
/// </remarks>
internal sealed class CodeFingerprints(ParsedMethods parsed)
{
    private Results? _latest;

    public EquatableArray<CodeModel> Of(ImmutableArray<CachedMethodModel> methods, Compilation compilation, CancellationToken cancellationToken)
    {
        if (methods.IsEmpty)
            return EquatableArray<CodeModel>.Empty;

        var declarations = parsed.DeclarationsOf(compilation, cancellationToken);
        var earlier = Volatile.Read(ref _latest) is { } latest && ReferenceEquals(latest.Declarations, declarations) ? latest : null;
        var results = new Results(declarations);
        foreach (var method in methods)
        {
            cancellationToken.ThrowIfCancellationRequested();
            results.Of[method.Id] = earlier is not null && earlier.Of.TryGetValue(method.Id, out var kept) && kept.Files.All(compilation.ContainsSyntaxTree)
                ? kept
                : Read(method, compilation, cancellationToken);
        }

        Volatile.Write(ref _latest, results);
        return methods.Select(method => new CodeModel(method.Id, results.Of[method.Id].Fingerprint)).ToEquatableArray();
    }

    private static Result Read(CachedMethodModel method, Compilation compilation, CancellationToken cancellationToken)
    {
        var reader = new ReachedCode(compilation, cancellationToken);
        if (DocumentationCommentId.GetFirstSymbolForDeclarationId(method.Id, compilation) is IMethodSymbol symbol
            && CoreFinder.FindSymbol(symbol, method.Core, KnownTypes.Of(compilation)) is { } core)
        {
            reader.Follow(core);
            if (KnownTypes.Of(compilation).OwnKeyOf(symbol) is { Method: { } ownKey })
                reader.Follow(ownKey.OriginalDefinition);
        }

        return new(Fingerprint.Of(reader.Text), reader.Files);
    }

    private sealed class Results(object declarations)
    {
        public object Declarations => declarations;

        public Dictionary<string, Result> Of { get; } = new(StringComparer.Ordinal);
    }

    private sealed record Result(ulong Fingerprint, IReadOnlyCollection<SyntaxTree> Files);
}
