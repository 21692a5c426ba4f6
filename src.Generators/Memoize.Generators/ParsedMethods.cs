using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Memoize.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Memoize.Generators;

/// <summary>
/// Keeps what methods were parsed to for as long as no declaration in the project changes. The compiler asks for every
/// annotated method again after every key press, and almost every key press is in the body of some other method.
/// </summary>
/// <remarks>
/// It only spares work, it decides nothing. That rests on these invariants:
/// <list type="number">
/// <item>A model depends on the file of its method (its tree is the key, and a tree never changes) and on what all files
/// declare, in their order; on the references; on the options; and on nothing else. For the parser that means: of files
/// other than the method's it may read what <see cref="Declarations.AreSame"/> compares, and so no bodies
/// but those of <c>Equals</c>, no documentation comments, no initial values of fields that are not constants, and no members that the compiler makes from a body.</item>
/// <item>Models are kept per set of declarations: when that changes, all of them are parsed again.</item>
/// <item>Being the same is transitive, so comparing with the last compilation is as good as comparing with the one that was
/// parsed.</item>
/// <item>Nothing keeps a compilation alive, and models of a file go with its tree.</item>
/// </list>
/// There is one for each pipeline. Runs of it may overlap; each then works with declarations that are its own.
/// </remarks>
internal sealed class ParsedMethods
{
    private Snapshot? _latest;

    /// <summary>The model of a method, kept or parsed now.</summary>
    /// <param name="compilation">The compilation in which the method is seen.</param>
    /// <param name="method">The method's declaration.</param>
    /// <param name="context">What <paramref name="parse"/> needs.</param>
    /// <param name="parse">Parses the method.</param>
    /// <param name="cancellationToken">Ends the work early; nothing is kept then.</param>
    public ParsedMethod? GetOrParse<TContext>(
        Compilation compilation,
        SyntaxNode method,
        TContext context,
        Func<TContext, CancellationToken, ParsedMethod?> parse,
        CancellationToken cancellationToken)
    {
        // By position, not by node: a tree that was read from disk again has other nodes at the same places.
        var models = In(compilation, cancellationToken).Of(method.SyntaxTree);
        var position = method.FullSpan.Start;
        if (!models.TryGetValue(position, out var model))
            models[position] = model = parse(context, cancellationToken);
        return model;
    }

    /// <summary>Something that is the same object for as long as no declaration changes.</summary>
    public object DeclarationsOf(Compilation compilation, CancellationToken cancellationToken) => In(compilation, cancellationToken).Identity;

    private Snapshot In(Compilation compilation, CancellationToken cancellationToken)
    {
        var latest = Volatile.Read(ref _latest);
        if (latest is null || !latest.IsOf(compilation))
        {
            latest = Snapshot.Of(compilation, latest, cancellationToken);
            Volatile.Write(ref _latest, latest);
        }

        return latest;
    }

    private sealed class Snapshot
    {
        private readonly WeakReference<Compilation> _compilation;
        private readonly ImmutableArray<SyntaxTree> _trees;
        private readonly ImmutableArray<MetadataReference> _references;
        private readonly CompilationOptions _options;
        private readonly string? _assemblyName;
        private ConditionalWeakTable<SyntaxTree, Models> _models = new();

        // The compiler asks file by file.
        private Models? _lastAsked;

        private Snapshot(Compilation compilation)
        {
            _compilation = new(compilation);
            _trees = compilation.SyntaxTrees.ToImmutableArray();
            _references = compilation.References.ToImmutableArray();
            _options = compilation.Options;
            _assemblyName = compilation.AssemblyName;
        }

        public object Identity => _models;

        public static Snapshot Of(Compilation compilation, Snapshot? earlier, CancellationToken cancellationToken)
        {
            var snapshot = new Snapshot(compilation);
            if (earlier is not null && snapshot.DeclaresTheSameAs(earlier, cancellationToken))
                snapshot._models = earlier._models;
            return snapshot;
        }

        public bool IsOf(Compilation compilation)
            => _compilation.TryGetTarget(out var target) && ReferenceEquals(target, compilation);

        public Models Of(SyntaxTree tree)
        {
            var models = Volatile.Read(ref _lastAsked);
            if (models is null || !models.AreOf(tree))
            {
                models = _models.GetValue(tree, static tree => new(tree));
                Volatile.Write(ref _lastAsked, models);
            }

            return models;
        }

        private bool DeclaresTheSameAs(Snapshot earlier, CancellationToken cancellationToken)
        {
            if (_assemblyName != earlier._assemblyName
                || _trees.Length != earlier._trees.Length
                || !_references.SequenceEqual(earlier._references)
                || !_options.Equals(earlier._options)
                || !Equals(_options.SyntaxTreeOptionsProvider, earlier._options.SyntaxTreeOptionsProvider))
            {
                return false;
            }

            for (var i = 0; i < _trees.Length; i++)
            {
                if (!ReferenceEquals(_trees[i], earlier._trees[i]) && !Declarations.AreSame(earlier._trees[i], _trees[i], cancellationToken))
                    return false;
            }

            return true;
        }
    }
    /// <summary>The models of one file, by the position of the method.</summary>
    private sealed class Models(SyntaxTree tree) : ConcurrentDictionary<int, ParsedMethod?>
    {
        public bool AreOf(SyntaxTree other) => ReferenceEquals(tree, other);
    }
}
