using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Memoize.Generators.Parsing;

/// <summary>
/// Where the parser tells what is wrong. The generator passes no delegate and stays silent; the analyzer passes one.
/// </summary>
internal readonly struct Reporter(Action<Diagnostic>? report, IMethodSymbol method, AttributeData attribute, CancellationToken cancellationToken)
{
    /// <summary>Reports at the method's name.</summary>
    public void OnMethod(DiagnosticDescriptor descriptor, params object[] arguments) => At(method, descriptor, arguments);

    /// <summary>Reports at the name of a symbol, for example a parameter.</summary>
    public void At(ISymbol symbol, DiagnosticDescriptor descriptor, params object[] arguments)
        => report?.Invoke(Diagnostic.Create(descriptor, symbol.Locations.FirstOrDefault(), arguments));

    /// <summary>Reports at a part of the key: a parameter or member, or the option that names the method which makes the key.</summary>
    public void OnKeyPart(ISymbol part, DiagnosticDescriptor descriptor, params object[] arguments)
    {
        if (part is IMethodSymbol)
            OnOption("Key", descriptor, arguments);
        else
            At(part, descriptor, arguments);
    }

    /// <summary>Reports at the attribute.</summary>
    public void OnAttribute(DiagnosticDescriptor descriptor, params object[] arguments)
    {
        if (report is null)
            return;

        var location = attribute.ApplicationSyntaxReference?.GetSyntax(cancellationToken).GetLocation();
        report(Diagnostic.Create(descriptor, location, arguments));
    }

    /// <summary>Reports at the value of an option, or at the attribute if the option is not written there.</summary>
    public void OnOption(string option, DiagnosticDescriptor descriptor, params object[] arguments)
    {
        if (report is null)
            return;

        var syntax = attribute.ApplicationSyntaxReference?.GetSyntax(cancellationToken);
        var written = (syntax as AttributeSyntax)?.ArgumentList?.Arguments.FirstOrDefault(argument => argument.NameEquals is { } name
            ? name.Name.Identifier.ValueText == option
            : string.Equals(argument.NameColon?.Name.Identifier.ValueText ?? "duration", option, StringComparison.OrdinalIgnoreCase));
        report(Diagnostic.Create(descriptor, (written?.Expression ?? syntax)?.GetLocation(), arguments));
    }
}
