using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Parsing;

/// <summary>
/// The attributes of a method that concern whoever calls it: what is generated beside an ordinary method has them, too, or the
/// wrapper would hide that the method is obsolete, is not trim-safe, or does not run everywhere.
/// </summary>
internal static class ForwardedAttributes
{
    private static readonly HashSet<string> OfMethods = new(StringComparer.Ordinal)
    {
        "System.ObsoleteAttribute",
        "System.ComponentModel.EditorBrowsableAttribute",
        "System.Diagnostics.CodeAnalysis.ExperimentalAttribute",
        "System.Diagnostics.CodeAnalysis.RequiresUnreferencedCodeAttribute",
        "System.Diagnostics.CodeAnalysis.RequiresDynamicCodeAttribute",
        "System.Diagnostics.CodeAnalysis.RequiresAssemblyFilesAttribute",
        "System.Runtime.Versioning.SupportedOSPlatformAttribute",
        "System.Runtime.Versioning.UnsupportedOSPlatformAttribute",
        "System.Runtime.Versioning.RequiresPreviewFeaturesAttribute",
    };

    private static readonly HashSet<string> OfParameters = new(StringComparer.Ordinal)
    {
        "System.Diagnostics.CodeAnalysis.StringSyntaxAttribute",
        "System.Diagnostics.CodeAnalysis.ConstantExpectedAttribute",
        "System.Runtime.CompilerServices.CallerArgumentExpressionAttribute",
        "System.Runtime.CompilerServices.CallerFilePathAttribute",
        "System.Runtime.CompilerServices.CallerLineNumberAttribute",
        "System.Runtime.CompilerServices.CallerMemberNameAttribute",
        "System.Runtime.CompilerServices.DateTimeConstantAttribute",
        "System.Runtime.InteropServices.OptionalAttribute",
    };

    private static readonly HashSet<string> OfReturns = new(StringComparer.Ordinal)
    {
        "System.Diagnostics.CodeAnalysis.MaybeNullAttribute",
        "System.Diagnostics.CodeAnalysis.NotNullAttribute",
        "System.Diagnostics.CodeAnalysis.NotNullIfNotNullAttribute",
    };

    public static IEnumerable<string> Of(IMethodSymbol method)
        => Written(method.GetAttributes(), OfMethods).Select(static attribute => $"[{attribute}]");

    public static IEnumerable<string> OfReturn(IMethodSymbol method)
        => Written(method.GetReturnTypeAttributes(), OfReturns).Select(static attribute => $"[return: {attribute}]");

    /// <summary>With a trailing space, or nothing.</summary>
    public static string Of(IParameterSymbol parameter)
        => string.Concat(Written(parameter.GetAttributes().Where(attribute => !IsWrittenAsDefault(attribute, parameter)), OfParameters).Select(static attribute => $"[{attribute}] "));

    // A default value and [Optional] exclude each other.
    private static bool IsWrittenAsDefault(AttributeData attribute, IParameterSymbol parameter)
        => attribute.AttributeClass?.Name == "OptionalAttribute" && DefaultValue.Of(parameter) is not null;

    private static IEnumerable<string> Written(IEnumerable<AttributeData> attributes, HashSet<string> forwarded)
    {
        foreach (var attribute in attributes)
        {
            if (attribute.AttributeClass is { } type && forwarded.Contains(CodeText.Readable(type)))
                yield return Written(attribute, type);
        }
    }

    private static string Written(AttributeData attribute, INamedTypeSymbol type)
    {
        var name = CodeText.Qualified(type);
        name = name.Substring(0, name.Length - "Attribute".Length);
        var arguments = attribute.ConstructorArguments.Select(DefaultValue.Of)
            .Concat(attribute.NamedArguments.Select(static argument => $"{argument.Key} = {DefaultValue.Of(argument.Value)}"))
            .ToArray();
        return arguments.Length == 0 ? name : $"{name}({string.Join(", ", arguments)})";
    }
}
