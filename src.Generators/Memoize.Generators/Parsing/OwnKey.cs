using Memoize.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Memoize.Generators.Parsing;

/// <summary>
/// The method that <c>Key = nameof(KeyOf)</c> names: it takes some parameters of the cached method, by name, and what it
/// returns is the key.
/// </summary>
internal sealed class OwnKey
{
    // What the handle has by these names would be called instead of the user's method.
    private static readonly HashSet<string> HandleMembers = new(StringComparer.Ordinal)
    {
        "Statistics", "TryPeek", "Explain", "Set", "SetAsync", "Invalidate", "InvalidateAsync", "Clear", "ClearAsync", "Refresh", "RefreshAsync", "WarmAsync",
        "Equals", "ReferenceEquals", "GetHashCode", "GetType", "ToString",
    };

    private readonly IMethodSymbol _cached;

    private OwnKey(IMethodSymbol cached, string name)
    {
        _cached = cached;
        Name = name;
    }

    /// <summary>The name that the attribute gives.</summary>
    public string Name { get; }

    /// <summary>The method, in terms of the cached method's type parameters; <see langword="null"/> if there is none that fits.</summary>
    public IMethodSymbol? Method { get; private set; }

    /// <summary>Why there is none, as the end of a sentence about it.</summary>
    public string Obstacle { get; private set; } = "does not exist";

    /// <summary>Finds the method; <see langword="null"/> if the attribute names none.</summary>
    public static OwnKey? Of(IMethodSymbol method, KnownTypes knownTypes)
    {
        var written = knownTypes.CachedResponse(method)?.NamedArguments.FirstOrDefault(static argument => argument.Key == "Key").Value;
        if (written is not { Kind: TypedConstantKind.Primitive, Value: string name } || !SyntaxFacts.IsValidIdentifier(name))
            return null;

        var own = new OwnKey(method, name);
        foreach (var candidate in CallbackFinder.Candidates(method.ContainingType, name, knownTypes))
        {
            own.Obstacle = own.ObstacleOf(candidate, knownTypes, out var constructed) ?? "";
            if (own.Obstacle.Length > 0)
                continue;

            own.Method = constructed;
            break;
        }

        return own;
    }

    /// <summary>Whether a parameter of the cached method is one of its own.</summary>
    public bool Takes(IParameterSymbol parameter) => Method?.Parameters.Any(own => own.Name == parameter.Name) == true;

    /// <summary>Reports what is wrong with it.</summary>
    /// <returns>Whether it can make a key.</returns>
    public bool IsUsable(KnownTypes knownTypes, Reporter reporter)
    {
        if (Method is null)
        {
            reporter.OnOption("Key", Diagnostics.CallbackNotFound, "Key", _cached.Name, Name, Obstacle, ExpectedSignature(knownTypes));
            return false;
        }

        var cannot = Method.Parameters.FirstOrDefault(parameter => knownTypes.IsCancellationToken(parameter.Type)) is { } token
            ? $"it takes '{token.Name}', and a token is never part of a key; leave it out"
            : Method.ReturnType switch
            {
                { IsRefLikeType: true } or { TypeKind: TypeKind.Pointer or TypeKind.FunctionPointer } => $"nobody can keep a '{CodeText.Readable(Method.ReturnType)}'; return an ordinary value",
                var type when knownTypes.IsTask(type) || knownTypes.IsValueTask(type) || knownTypes.IsTaskOfT(type) || knownTypes.IsValueTaskOfT(type)
                    => "a look does not wait for anything, and it returns a task; return the key itself",
                _ => null,
            };
        if (cannot is null)
            return true;

        reporter.OnOption("Key", Diagnostics.OwnKeyCannotWork, $"Key = nameof({Name})", _cached.Name, cannot);
        return false;
    }

    /// <summary>The call as a part of the key.</summary>
    public OwnKeyCall Call()
    {
        var method = Method!;
        var arguments = string.Join(", ", method.Parameters.Select(parameter => CodeText.Identifier(parameter.Name) + (ForgivesNull(parameter) ? "!" : "")));
        var generics = method.Arity == 0 ? "" : $"<{string.Join(", ", method.TypeArguments.Select(CodeText.Qualified))}>";
        var name = CodeText.Identifier(method.Name);
        var isHidden = HandleMembers.Contains(name)
            || _cached.Parameters.Any(parameter => parameter.Name == method.Name)
            || _cached.TypeParameters.Any(parameter => parameter.Name == method.Name);
        var self = CodeText.Qualified(_cached.ContainingType);
        var target = (method.IsStatic, _cached.ContainingType.IsValueType) switch
        {
            (true, _) => isHidden ? self + "." : "",
            (false, true) => $"(({self}){{0}}).", // on a copy: the cached method may be readonly where this one is not
            _ => "{0}.",
        };
        return new(name, $"{target}{name}{generics}({arguments})", method.IsStatic);
    }

    private string? ObstacleOf(IMethodSymbol candidate, KnownTypes knownTypes, out IMethodSymbol constructed)
    {
        constructed = candidate;
        if (SymbolEqualityComparer.Default.Equals(candidate, _cached) || SymbolEqualityComparer.Default.Equals(candidate.PartialDefinitionPart, _cached))
            return "is the cached method itself";

        const string Otherwise = "has another signature";
        if (candidate.MethodKind != MethodKind.Ordinary || candidate.ReturnsVoid || candidate.ReturnsByRef || candidate.ReturnsByRefReadonly)
            return Otherwise;
        if (candidate.Arity > 0)
        {
            if (candidate.Arity != _cached.Arity)
                return Otherwise;
            constructed = candidate.Construct([.. _cached.TypeParameters]);
        }

        foreach (var parameter in constructed.Parameters)
        {
            if (_cached.Parameters.FirstOrDefault(own => own.Name == parameter.Name) is not { } passed)
                return $"takes '{parameter.Name}', which is no parameter of '{_cached.Name}'";
            if (parameter.RefKind is not (RefKind.None or RefKind.In) || !Converts(ParameterParser.TypeOf(passed), parameter.Type, knownTypes))
                return Otherwise;
        }

        return !candidate.IsStatic && _cached.IsStatic ? "needs an instance, but the cached method is static" : null;
    }

    // Null reaches it, too.
    private static bool Converts(ITypeSymbol from, ITypeSymbol to, KnownTypes knownTypes)
    {
        if (from.NullableAnnotation == NullableAnnotation.Annotated && to.NullableAnnotation == NullableAnnotation.NotAnnotated && !from.IsValueType)
            return false;

        return SymbolEqualityComparer.Default.Equals(from, to)
            || knownTypes.Compilation.ClassifyConversion(from, to) is { IsImplicit: true, IsReference: true, IsUserDefined: false };
    }

    // Annotations within the type are no mistake here.
    private bool ForgivesNull(IParameterSymbol parameter)
        => ParameterParser.TypeOf(_cached.Parameters.First(own => own.Name == parameter.Name)) is { IsValueType: false } passed
            && !SymbolEqualityComparer.IncludeNullability.Equals(passed, parameter.Type);

    private string ExpectedSignature(KnownTypes knownTypes)
    {
        var modifiers = _cached.IsStatic ? "private static" : "private";
        var generics = _cached.Arity == 0 ? "" : $"<{string.Join(", ", _cached.TypeParameters.Select(static type => type.Name))}>";
        var parameters = _cached.Parameters
            .Where(parameter => !knownTypes.IsCancellationToken(parameter.Type) && !knownTypes.IsNeverInKey(parameter.Type))
            .Select(static parameter => $"{CodeText.Signature(ParameterParser.TypeOf(parameter))} {parameter.Name}");
        return $"{modifiers} string {Name}{generics}({string.Join(", ", parameters)})";
    }
}
