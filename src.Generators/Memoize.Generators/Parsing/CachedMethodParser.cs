using Memoize.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Memoize.Generators.Parsing;

/// <summary>
/// Reads one method with <c>[CachedResponse]</c>. The one parser has two hosts: the generator, which wants the model, and
/// the analyzer, which wants to know why there is none.
/// </summary>
internal static class CachedMethodParser
{
    /// <summary>Parses the method for the generator, which has something to write also where it cannot be cached.</summary>
    public static ParsedMethod? ParseOrStub(IMethodSymbol method, AttributeData attribute, KnownTypes knownTypes, CancellationToken cancellationToken)
    {
        method = method.PartialDefinitionPart ?? method;
        var found = new List<Diagnostic>();
        if (Parse(method, attribute, knownTypes, found.Add, cancellationToken) is { } model)
            return new(model, Stub: null, Reports: default);
        if (knownTypes.CachedResponse(method) is null || IsSecondDeclaration(method))
            return null; // The compiler tells.

        var reports = found
            .Where(diagnostic => Tellers.IsGeneratorFor(method, knownTypes, cancellationToken)
                && !Tellers.IsToldAtAnotherMethod(diagnostic, method, knownTypes, cancellationToken))
            .Select(Tellers.Report);
        return new(Method: null, StubParser.Parse(method, found, knownTypes, cancellationToken), reports.ToEquatableArray());
    }

    /// <summary>Parses the method.</summary>
    /// <param name="method">The annotated method.</param>
    /// <param name="attribute">Its attribute.</param>
    /// <param name="knownTypes">The types to recognise.</param>
    /// <param name="report">Gets what is wrong; <see langword="null"/> for silence.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <returns>The model, or <see langword="null"/> when the method cannot be cached.</returns>
    public static CachedMethodModel? Parse(
        IMethodSymbol method,
        AttributeData attribute,
        KnownTypes knownTypes,
        Action<Diagnostic>? report,
        CancellationToken cancellationToken)
    {
        // The attribute may stand on either part of a partial method; modifiers and defaults are read from the defining one.
        method = method.PartialDefinitionPart ?? method;
        if (!knownTypes.Is(attribute.AttributeClass, KnownTypes.CachedResponseAttribute))
            return null; // Two referenced assemblies have such an attribute. The compiler tells.
        if (IsSecondDeclaration(method))
            return null; // Of a method that is declared twice, the compiler tells, too.

        var reporter = new Reporter(report, method, attribute, cancellationToken);

        // No short circuit from here on: a user who has three things to correct is told all three.
        var obstacle = HierarchyParser.Obstacle(method)
            ?? (IsUnsafeAndAsynchronous(method, knownTypes, cancellationToken)
                ? "asynchronous and marked 'unsafe', where nothing can be awaited"
                : null)
            ?? (MentionedTypes.Find(method, static type => type is INamedTypeSymbol { IsFileLocal: true }) is { } hidden
                ? $"declared with the file-local type '{hidden.Name}', which generated code cannot reach"
                : null);
        if (obstacle is not null)
        {
            reporter.OnMethod(Diagnostics.UnsupportedMember, method.Name, obstacle);
            return null;
        }

        var hierarchy = HierarchyParser.Parse(method, knownTypes, reporter, cancellationToken);
        var options = AttributeOptions.Parse(attribute, reporter);
        var result = ReturnParser.Parse(method, knownTypes, reporter, cancellationToken);
        var parameters = ParameterParser.Parse(method, knownTypes, reporter, cancellationToken);
        var key = parameters is null ? null : KeyParser.Parse(method, options, knownTypes, reporter);
        var policy = options is null ? null : PolicyParser.Parse(method, options, parameters, knownTypes, reporter);
        if (hierarchy is null || options is null || result is null || parameters is null || key is null || policy is null)
            return null;

        cancellationToken.ThrowIfCancellationRequested();
        var core = CoreFinder.Find(method, options, knownTypes, reporter, cancellationToken);
        var names = NameChooser.Choose(method, knownTypes, reporter);
        if (core is null || names is null || !CanBeTimed(method, core, result, options, reporter) || !StoredFormParser.HasKnownShape(method, options, knownTypes, reporter))
            return null;

        if (DependsOnRuntimeType(method, key, core, policy))
            key = KeyParser.WithRuntimeType(key, method, options);

        return new(
            Id: method.GetDocumentationCommentId()!,
            FileName: NameChooser.FileName(method, knownTypes),
            Hierarchy: hierarchy,
            MethodCref: Cref(method),
            DisplayName: DisplayName.Of(method, knownTypes),
            Wrapper: Wrapper(method, result, ParameterParser.WithCopiers(parameters.Value, method, key, knownTypes), knownTypes, cancellationToken),
            Core: core,
            Key: key,
            Names: names,
            Policy: policy,
            StoredForm: StoredFormParser.Parse(method, key, options, knownTypes),
            Memoizer: MemoizerFinder.Find(method, knownTypes, cancellationToken),
            Warnings: knownTypes.SuppressedWarnings.Of(method, core, options));
    }

    /// <summary>Whether the generator implements this method, rather than adding a sibling to it.</summary>
    public static bool IsImplementedByGenerator(IMethodSymbol method)
        => method.IsPartialDefinition && (method.PartialImplementationPart is null || method.PartialImplementationPart.IsGenerated());

    private static bool IsSecondDeclaration(IMethodSymbol method)
        => method.ContainingType.GetMembers(method.Name) is { Length: > 1 } overloads
            && method.GetDocumentationCommentId() is { } id
            && overloads.FirstOrDefault(member => member.GetDocumentationCommentId() == id) is { } first
            && !SymbolEqualityComparer.Default.Equals(first, method);

    // Of a sealed type there is only one, a static core sees no instance, and what each instance has of its own needs no key.
    private static bool DependsOnRuntimeType(IMethodSymbol method, KeyModel key, CoreModel core, PolicyModel policy)
        => method is { IsStatic: false, ContainingType: { IsSealed: false, IsValueType: false } }
            && !policy.IsPerInstance
            && (!core.IsStatic || policy.NeedsOwner || key.OwnKey is { IsStatic: false });

    private static bool IsUnsafeAndAsynchronous(IMethodSymbol method, KnownTypes knownTypes, CancellationToken cancellationToken)
        => IsImplementedByGenerator(method)
            && ReturnParser.Unwrap(method.ReturnType, knownTypes).Kind != ReturnKind.Value
            && Array.IndexOf(WrittenModifiers(method, cancellationToken).Split(' '), "unsafe") >= 0;

    // A synchronous method runs on its caller's thread: only it itself can end there.
    private static bool CanBeTimed(IMethodSymbol method, CoreModel core, ReturnModel result, AttributeOptions options, Reporter reporter)
    {
        if (result.Kind != ReturnKind.Value || options.Duration("Timeout") is null || core.TakesToken)
            return true;

        reporter.OnOption("Timeout", Diagnostics.TimeoutNeedsToken, method.Name, core.Name);
        return false;
    }

    private static WrapperModel Wrapper(
        IMethodSymbol method,
        ReturnModel result,
        EquatableArray<ParameterModel> parameters,
        KnownTypes knownTypes,
        CancellationToken cancellationToken)
    {
        var isPartial = IsImplementedByGenerator(method);
        var name = NameChooser.WrapperName(method, knownTypes);
        return new(
            IsPartialImplementation: isPartial,
            Attributes: ForwardedAttributes.Of(method).ToEquatableArray(),
            ReturnAttributes: isPartial ? default : ForwardedAttributes.OfReturn(method).ToEquatableArray(),
            Modifiers: isPartial ? WrittenModifiers(method, cancellationToken) : SiblingModifiers(method, name, knownTypes),
            Accessibility: AccessibilityBeside(method),
            IsStatic: method.IsStatic,
            Name: CodeText.Identifier(name),
            Generics: Generics.Of(method, cancellationToken),
            Return: result,
            Parameters: parameters);
    }

    // Both parts of a partial method must have the same modifiers, so they are taken over as they were written.
    // Only "async" is for one that has a body, and says nothing about what callers see.
    internal static string WrittenModifiers(IMethodSymbol method, CancellationToken cancellationToken)
    {
        var declaration = (MethodDeclarationSyntax)method.DeclaringSyntaxReferences[0].GetSyntax(cancellationToken);
        return string.Join(" ", declaration.Modifiers.Where(static modifier => !modifier.IsKind(SyntaxKind.AsyncKeyword)).Select(static modifier => modifier.Text));
    }

    private static string SiblingModifiers(IMethodSymbol method, string name, KnownTypes knownTypes)
    {
        var modifiers = AccessibilityBeside(method);
        if (method.IsStatic)
            modifiers += " static";
        if (NameChooser.WrapperHidesInherited(method, name, knownTypes))
            modifiers += " new";
        if (method.IsReadOnly && !method.ContainingType.IsReadOnly)
            modifiers += " readonly";
        return modifiers;
    }

    // Nobody inherits from a sealed type, and the compiler says so of every new protected member.
    private static string AccessibilityBeside(IMethodSymbol method)
    {
        var accessibility = method.DeclaredAccessibility;
        if (method.ContainingType.IsSealed)
        {
            accessibility = accessibility switch
            {
                Accessibility.Protected or Accessibility.ProtectedAndInternal => Accessibility.Private,
                Accessibility.ProtectedOrInternal => Accessibility.Internal,
                _ => accessibility,
            };
        }

        return CodeText.Accessibility(accessibility);
    }

    // A bare name is the pleasant form, but it is ambiguous where there are overloads and not allowed for generic methods.
    private static string Cref(IMethodSymbol method)
    {
        var isAlone = method.Arity == 0
            && method.ContainingType.GetMembers(method.Name).Length == 1
            && CodeText.Identifier(method.Name) == method.Name;
        return isAlone ? method.Name : method.GetDocumentationCommentId()!;
    }
}
