using Memoize.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Memoize.Generators.Analyzers;

/// <summary>Every caller gets the same object; if it can be changed, then one caller changes it for all.</summary>
internal static class MutableResultRule
{
    public static readonly DiagnosticDescriptor Descriptor = Rule.Warning(
        "MEMO032",
        "A cached method returns an object that callers can change",
        "'{0}' gives the same '{1}' to every caller, so that what one changes all others see; {2}",
        "The memory store keeps a reference, not a copy. Return a type without members that change it.");

    public static void Check(AnnotatedMethod method, Action<Diagnostic> report, CancellationToken cancellationToken)
    {
        var (_, value) = ReturnParser.Unwrap(method.Method.ReturnType, method.KnownTypes);
        var change = MutableMembers.Alternative(value) is { } alternative ? $"return '{alternative}' instead" : MutableMembers.Of(value, cancellationToken);
        if (change is null)
            return;

        var declaration = method.Method.DeclaringSyntaxReferences[0].GetSyntax(cancellationToken) as MethodDeclarationSyntax;
        var location = declaration?.ReturnType.GetLocation() ?? method.Method.Locations.FirstOrDefault();
        report(Diagnostic.Create(Descriptor, location, method.Method.Name, MutableMembers.Short(value), change));
    }
}
