using Memoize.Generators.Model;
using Memoize.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Memoize.Generators.Analyzers;

/// <summary>A cached method that is fine for the generator, as the rules look at it.</summary>
/// <param name="Method">The method with the attribute.</param>
/// <param name="Data">The attribute.</param>
/// <param name="Model">What the parser made of it.</param>
/// <param name="Core">The method that computes; for an ordinary method it is the method itself.</param>
/// <param name="KnownTypes">The types to recognise.</param>
internal sealed record AnnotatedMethod(
    IMethodSymbol Method, AttributeData Data, CachedMethodModel Model, IMethodSymbol Core, KnownTypes KnownTypes)
{
    /// <summary>The cached methods of a type. Those with errors are left to <see cref="CachedMethodAnalyzer"/>.</summary>
    public static IReadOnlyList<AnnotatedMethod> Of(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellationToken)
    {
        List<AnnotatedMethod>? found = null;
        KnownTypes? knownTypes = null;
        foreach (var member in type.GetMembers())
        {
            if (member is not IMethodSymbol { MethodKind: MethodKind.Ordinary } method || Attribute(method) is not { } attribute)
                continue;

            knownTypes ??= new(compilation);
            if (CachedMethodParser.Parse(method, attribute, knownTypes, report: null, cancellationToken) is { } model
                && CoreFinder.FindSymbol(method, model.Core, knownTypes) is { } core)
            {
                (found ??= []).Add(new(method, attribute, model, core, knownTypes));
            }
        }

        return found ?? [];
    }

    /// <summary>The method's <c>[CachedResponse]</c>, on either part if it is partial.</summary>
    public static AttributeData? Attribute(IMethodSymbol method)
    {
        foreach (var attribute in method.GetAttributes())
        {
            if (IsInMemoize(attribute.AttributeClass, "CachedResponseAttribute"))
                return attribute;
        }

        return null;
    }

    /// <summary>Whether a member or parameter has an attribute of ours.</summary>
    public static bool Has(ISymbol symbol, string attributeName)
        => symbol.GetAttributes().Any(attribute => IsInMemoize(attribute.AttributeClass, attributeName));

    /// <summary>The parameters that are part of the key.</summary>
    public IEnumerable<IParameterSymbol> KeyParameters => Method.Parameters
        .Where((_, index) => Model.Wrapper.Parameters[index].Role == ParameterRole.Key);

    /// <summary>Whether the attribute sets the option.</summary>
    public bool Sets(string option)
        => Data.NamedArguments.Any(argument => argument.Key == option)
            || (option == "Duration" && !Data.ConstructorArguments.IsEmpty);

    /// <summary>Whether each instance has entries of its own.</summary>
    public bool IsScopedToInstance => Data.NamedArguments.Any(static argument =>
        argument is { Key: "Scope", Value: { Type: INamedTypeSymbol type, Value: { } value } }
        && type.GetMembers("Instance").OfType<IFieldSymbol>().Any(constant => Equals(constant.ConstantValue, value)));

    /// <summary>The store that the attribute names; <see langword="null"/> if it names none, or memory only.</summary>
    public string? NamedStore => Text("Store") is { } store && store != AttributeOptions.MemoryOnly ? store : null;

    /// <summary>Whether the attribute wants no store.</summary>
    public bool IsMemoryOnly => Text("Store") == AttributeOptions.MemoryOnly;

    /// <summary>Where the attribute is written.</summary>
    public Location? Location => Data.ApplicationSyntaxReference is { } written ? written.SyntaxTree.GetLocation(written.Span) : null;

    /// <summary>Where an option is written.</summary>
    public Location? LocationOf(string option, CancellationToken cancellationToken)
        => (Data.ApplicationSyntaxReference?.GetSyntax(cancellationToken) as AttributeSyntax)?.ArgumentList?.Arguments
            .FirstOrDefault(argument => argument.NameEquals?.Name.Identifier.ValueText == option)?.GetLocation();

    private string? Text(string option) => Data.NamedArguments.FirstOrDefault(argument => argument.Key == option).Value is { Kind: TypedConstantKind.Primitive, Value: string text } ? text : null;

    private static bool IsInMemoize(ITypeSymbol? type, string name)
        => type is { ContainingType: null, ContainingNamespace: { Name: "Memoize", ContainingNamespace.IsGlobalNamespace: true } }
            && type.Name == name;
}
