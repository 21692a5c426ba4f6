using System.Globalization;
using Memoize.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Memoize.Generators.Parsing;

/// <summary>Decides who tells what is wrong with a method: the analyzer, or the generator. Never both.</summary>
/// <remarks>
/// The analyzer does, because it obeys pragmas and code fixes know its reports. But the compiler runs no analyzer once there is
/// an error in a declaration; so what causes one by not being generated, only the generator can tell:
/// <list type="number">
/// <item>A partial method for which no implementing part can be written (CS8795). All others get a <see cref="StubModel"/>.</item>
/// <item>An ordinary method whose wrapper would implement a member of an interface of its type (CS0535).</item>
/// <item>An ordinary method with a type in its signature that does not exist: for the analyzer it may, if another generator makes it.</item>
/// </list>
/// Errors in declarations that have nothing to do with cached methods hide reports as those of any other analyzer: whoever
/// corrects them is told then, and is not misled before.
/// </remarks>
internal static class Tellers
{
    /// <summary>Whether the generator tells, and not the analyzer.</summary>
    public static bool IsGeneratorFor(IMethodSymbol method, KnownTypes knownTypes, CancellationToken cancellationToken)
    {
        method = method.PartialDefinitionPart ?? method;
        return CachedMethodParser.IsImplementedByGenerator(method)
            ? !StubParser.CanImplement(method, cancellationToken)
            : method.MethodKind == MethodKind.Ordinary && (MentionedTypes.Find(method, IsUnknown) is not null || IsAwaitedByInterface(method, knownTypes));
    }

    /// <summary>Whether a type does not exist.</summary>
    public static bool IsUnknown(ITypeSymbol type) => type.TypeKind == TypeKind.Error;

    /// <summary>
    /// Whether a diagnostic about a type is told at another of its methods: a type with three cached methods is one thing to
    /// correct, not three. If the generator tells of one of them, it tells.
    /// </summary>
    public static bool IsToldAtAnotherMethod(Diagnostic diagnostic, IMethodSymbol method, KnownTypes knownTypes, CancellationToken cancellationToken)
    {
        if (diagnostic.Descriptor.Id != Diagnostics.TypeNotPartial.Id)
            return false;

        for (var type = method.ContainingType; type is not null; type = type.ContainingType)
        {
            if (!type.Locations.Contains(diagnostic.Location))
                continue;

            var methods = CachedMethods(type, knownTypes).ToArray();
            var first = Array.Find(methods, candidate => IsGeneratorFor(candidate, knownTypes, cancellationToken)) ?? methods.FirstOrDefault();
            return !SymbolEqualityComparer.Default.Equals(first, method);
        }

        return false;
    }

    /// <summary>A diagnostic as the pipeline can hold it.</summary>
    public static ReportModel Report(Diagnostic diagnostic)
    {
        var place = diagnostic.Location.GetLineSpan();
        var span = diagnostic.Location.SourceSpan;
        var (start, end) = (place.StartLinePosition, place.EndLinePosition);
        return new(
            diagnostic.Id, diagnostic.GetMessage(CultureInfo.InvariantCulture), place.Path, span.Start, span.Length, start.Line, start.Character, end.Line, end.Character);
    }

    /// <summary>A diagnostic as the compiler takes it.</summary>
    public static Diagnostic Diagnostic(ReportModel report)
    {
        var rule = Diagnostics.All.First(rule => rule.Id == report.Id);
        var lines = new LinePositionSpan(new(report.StartLine, report.StartCharacter), new(report.EndLine, report.EndCharacter));
        return Microsoft.CodeAnalysis.Diagnostic.Create(
            rule.Id,
            rule.Category,
            report.Message,
            rule.DefaultSeverity,
            rule.DefaultSeverity,
            isEnabledByDefault: true,
            warningLevel: 0,
            title: rule.Title,
            helpLink: rule.HelpLinkUri,
            location: Location.Create(report.Path, new TextSpan(report.Start, report.Length), lines));
    }

    private static IEnumerable<IMethodSymbol> CachedMethods(INamedTypeSymbol type, KnownTypes knownTypes) => type.GetMembers().SelectMany(member => member switch
    {
        IMethodSymbol method when knownTypes.CachedResponse(method) is not null => [method],
        INamedTypeSymbol nested => CachedMethods(nested, knownTypes),
        _ => [],
    });

    // A wrapper that is there cannot be awaited any more, so that this is for methods only of which there is none.
    private static bool IsAwaitedByInterface(IMethodSymbol method, KnownTypes knownTypes)
    {
        var type = method.ContainingType;
        if (type.TypeKind is not (TypeKind.Class or TypeKind.Struct))
            return false;

        var wrapper = NameChooser.WrapperName(method, knownTypes);
        return type.AllInterfaces.Any(@interface => @interface.GetMembers(wrapper)
            .Any(member => member.IsAbstract && type.FindImplementationForInterfaceMember(member) is null));
    }
}
