using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Memoize.Generators.Analyzers;

/// <summary>Something that another culture does in another way.</summary>
/// <param name="Operation">What it is.</param>
/// <param name="Code">What of it is to be shown.</param>
/// <param name="WayOut">How to do it without a culture, as the end of a sentence.</param>
internal sealed record CultureUse(IOperation Operation, Excerpt Code, string WayOut);

/// <summary>Recognises code that depends on the current culture without naming it: what formats, reads, compares or sorts by it.</summary>
internal static class CultureInputs
{
    private const string PassInvariant = "pass CultureInfo.InvariantCulture";
    private const string PassOrdinal = "pass StringComparison.Ordinal";
    private const string PassComparer = "pass StringComparer.Ordinal";
    private const string WriteInvariant = "use string.Create(CultureInfo.InvariantCulture, $\"…\")";

    private static readonly Regex Separated = new(
        @"\{\d+(,\s*-?\d+)?:([NnCcPpEeFf]\d*|[^{}]*[.,%‰][^{}]*)\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));

    /// <summary>What an operation uses the culture for, or <see langword="null"/>.</summary>
    public static CultureUse? Of(IOperation operation)
    {
        (SyntaxNode Node, string WayOut)? found = operation switch
        {
            IInvocationOperation call => OfCall(call) is { } wayOut ? (call.Syntax, wayOut) : null,
            IMethodReferenceOperation { Method: var method, Parent: not INameOfOperation } => OfMethod(method) is { } wayOut ? (operation.Syntax, wayOut) : null,
            IInterpolatedStringOperation text => OfInterpolation(text) is { } hole ? (hole, WriteInvariant) : null,
            IBinaryOperation { OperatorKind: BinaryOperatorKind.Add, Type.SpecialType: SpecialType.System_String } sum
                => (OfOperand(sum.LeftOperand) ?? OfOperand(sum.RightOperand)) is { } operand ? (operand, WriteInvariant) : null,
            ICompoundAssignmentOperation { OperatorKind: BinaryOperatorKind.Add, Type.SpecialType: SpecialType.System_String } sum
                => OfOperand(sum.Value) is { } operand ? (operand, WriteInvariant) : null,
            IFieldReferenceOperation { Field: { Name: "CurrentCulture" or "CurrentCultureIgnoreCase", ContainingType: var type } }
                when type.IsNamed("StringComparison", "System") => (operation.Syntax, PassOrdinal),
            IPropertyReferenceOperation property => OfProperty(property) is { } wayOut ? (operation.Syntax, wayOut) : null,
            IObjectCreationOperation creation => OfCreation(creation) is { } wayOut ? (operation.Syntax, wayOut) : null,
            _ => null,
        };
        return found is var (node, end) && !IsInExpressionTree(operation) ? new(operation, Excerpt.Of(node), end) : null;
    }

    private static string? OfCall(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        var type = method.ContainingType;
        if (call.Arguments.Any(GivesCulture))
            return null;

        if (method is { Name: "ToString", IsStatic: false } && method.Parameters.All(static parameter => IsFormatOrProvider(parameter.Type)))
            return CultureFormats.IsWrittenByCulture(call.Instance?.Type, FormatOf(call)) ? PassInvariant : null;
        if (IsParse(method))
            return CultureFormats.IsReadByCulture(type, StylesOf(call)) ? PassInvariant : null;

        return type.SpecialType switch
        {
            SpecialType.System_String when method.Name is "Format" or "Concat" or "Join" => HasCultured(call) ? method.Name == "Format" ? PassInvariant : WriteInvariant : null,
            SpecialType.System_String or SpecialType.System_Char => OfText(call),
            SpecialType.System_Array => method.Name == "Sort" ? OfOrder(call, method.TypeArguments.FirstOrDefault()) : null,
            _ => OfNamed(call),
        };
    }

    private static string? OfText(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (method.Parameters.Any(static parameter => parameter.Type.IsNamed("StringComparison", "System")))
            return null;

        return method.Name switch
        {
            "ToUpper" or "ToLower" => $"use {method.Name}Invariant",
            "Compare" when method.ContainingType.SpecialType == SpecialType.System_String => PassOrdinal,
            "CompareTo" when method.ContainingType.SpecialType == SpecialType.System_String => "use string.CompareOrdinal",
            "StartsWith" or "EndsWith" or "IndexOf" or "LastIndexOf" when method.Parameters[0].Type.SpecialType == SpecialType.System_String => PassOrdinal,
            _ => null,
        };
    }

    private static string? OfNamed(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        var type = method.ContainingType;
        return (type.Name, method.Name) switch
        {
            ("Convert", _) when type.IsIn("System") => OfConversion(call),
            ("StringBuilder", "Append" or "AppendFormat" or "AppendJoin" or "Insert") when type.IsIn("System.Text") => HasCultured(call)
                ? method.Name == "AppendFormat" ? PassInvariant : "append $\"…\" with CultureInfo.InvariantCulture"
                : null,
            ("FormattableString", "CurrentCulture") when type.IsIn("System") => "use FormattableString.Invariant",
            ("TypeConverter", "ConvertFromString" or "ConvertToString") when IsDerived(type, "TypeConverter", "System.ComponentModel") => PassInvariant,
            ("Enumerable", _) when type.IsIn("System.Linq") => OfOrder(call, OrderedIn(method)),
            ("List" or "ImmutableArray" or "ImmutableList" or "Builder" or "MemoryExtensions", "Sort") when type.IsWithin("System")
                => OfOrder(call, type.TypeArguments.Concat(method.TypeArguments).FirstOrDefault()),
            (_, "ToImmutableSortedSet" or "ToImmutableSortedDictionary") when type.IsIn("System.Collections.Immutable")
                => OfOrder(call, method.TypeArguments[method.Name == "ToImmutableSortedSet" || method.TypeArguments.Length == 2 ? 0 : 1]),
            (_, "GetString" or "GetObject" or "GetStream") when IsDerived(type, "ResourceManager", "System.Resources") => PassInvariant,
            (_, "GetString" or "GetAllStrings") when IsLocalizer(type) || (method.IsExtensionMethod && IsLocalizer(method.Parameters[0].Type)) => "translate in the caller",
            _ => null,
        };
    }

    private static string? OfConversion(IInvocationOperation call)
    {
        if (call.Arguments.IsEmpty)
            return null;

        var from = WithoutConversion(call.Arguments[0].Value).Type;
        return call.TargetMethod.Name switch
        {
            "ToString" => CultureFormats.IsWrittenByCulture(from, format: null) && call.Arguments.Length == 1 ? PassInvariant : null,
            "ToDecimal" or "ToDouble" or "ToSingle" or "ToDateTime" => from?.SpecialType == SpecialType.System_String ? PassInvariant : null,
            "ChangeType" => call.Arguments.Length == 2 && WithoutConversion(call.Arguments[1].Value) is var target
                && (target is not ITypeOfOperation known || CultureFormats.IsWrittenByCulture(known.TypeOperand, format: null) || known.TypeOperand.SpecialType == SpecialType.System_String)
                    ? PassInvariant
                    : null,
            _ => null,
        };
    }

    private static string? OfOrder(IInvocationOperation call, ITypeSymbol? ordered)
        => CultureFormats.IsOrderedByCulture(ordered) && !call.Arguments.Any(static argument => IsComparer(argument.Parameter?.Type) && !IsNull(argument)) ? PassComparer : null;

    private static ITypeSymbol? OrderedIn(IMethodSymbol method) => method.Name switch
    {
        "Order" or "OrderDescending" => method.TypeArguments[0],
        "OrderBy" or "OrderByDescending" or "ThenBy" or "ThenByDescending" or "MinBy" or "MaxBy" => method.TypeArguments[1],
        "Min" or "Max" => method.ReturnType,
        _ => null,
    };

    // Without a call there are no arguments to look at: what is passed on has no room for a culture.
    private static string? OfMethod(IMethodSymbol method)
    {
        if (method.Parameters.Any(static parameter => IsProvider(parameter.Type)))
            return null;
        if (IsParse(method))
            return CultureFormats.IsReadByCulture(method.ContainingType, styles: null) ? "call it with CultureInfo.InvariantCulture" : null;

        return method.ContainingType.IsNamed("Convert", "System")
            && method.Name is "ToDecimal" or "ToDouble" or "ToSingle" or "ToDateTime"
            && method.Parameters[0].Type.SpecialType == SpecialType.System_String
                ? "call it with CultureInfo.InvariantCulture"
                : null;
    }

    private static string? OfProperty(IPropertyReferenceOperation operation)
    {
        var property = operation.Property;
        return property.Name switch
        {
            "CurrentCulture" or "CurrentCultureIgnoreCase" when property.ContainingType.IsNamed("StringComparer", "System") => "use StringComparer.Ordinal",
            "Default" when property.ContainingType.IsNamed("Comparer", "System.Collections.Generic")
                && CultureFormats.IsOrderedByCulture(property.ContainingType.TypeArguments[0]) => "use StringComparer.Ordinal",
            _ when property.IsIndexer && IsLocalizer(property.ContainingType) => "translate in the caller",
            _ when property.IsStatic && IsResourceClass(property.ContainingType) => "translate in the caller",
            _ => null,
        };
    }

    private static string? OfCreation(IObjectCreationOperation creation)
        => creation.Type is INamedTypeSymbol { Name: "SortedDictionary" or "SortedSet" or "SortedList" or "PriorityQueue" } type
            && type.IsIn("System.Collections.Generic")
            && CultureFormats.IsOrderedByCulture(type.TypeArguments[type.Name == "PriorityQueue" ? 1 : 0])
            && !creation.Arguments.Any(static argument => IsComparer(argument.Parameter?.Type) && !IsNull(argument))
                ? PassComparer
                : null;

    // The first hole whose text depends on the culture, unless the text gets a culture later or from the method that takes it.
    private static SyntaxNode? OfInterpolation(IInterpolatedStringOperation text)
    {
        IOperation whole = text;
        while (whole.Parent is IInterpolatedStringAdditionOperation or IInterpolatedStringHandlerCreationOperation)
            whole = whole.Parent;
        if (whole is IInterpolatedStringHandlerCreationOperation { Type: var handler } && !IsHandlerOfTheCurrentCulture(handler))
            return null;

        for (var parent = whole.Parent; parent is IConversionOperation or IArgumentOperation or IDeclarationExpressionOperation; parent = parent.Parent)
        {
            if (parent is IConversionOperation { Type: var type } && (type.IsNamed("FormattableString", "System") || type.IsNamed("IFormattable", "System")))
                return null;
            if (parent is IArgumentOperation { Parent: IInvocationOperation call } && whole != text && call.Arguments.Any(GivesCulture))
                return null;
        }

        foreach (var part in text.Parts)
        {
            var (value, format) = part switch
            {
                IInterpolationOperation hole => (hole.Expression, hole.FormatString is null ? null : Constant(hole.FormatString)),
                IInterpolatedStringAppendOperation { AppendCall: IInvocationOperation { TargetMethod.Name: "AppendFormatted" } append } => (append.Arguments[0].Value, FormatOf(append)),
                _ => default,
            };
            if (value is not null && CultureFormats.IsWrittenByCulture(WithoutConversion(value).Type, format))
                return part.Syntax;
        }

        return null;
    }

    private static SyntaxNode? OfOperand(IOperation operand)
    {
        var value = WithoutConversion(operand);
        return CultureFormats.IsWrittenByCulture(value.Type, format: null) ? value.Syntax : null;
    }

    private static bool HasCultured(IInvocationOperation call)
    {
        var format = call.TargetMethod.Name.EndsWith("Format", StringComparison.Ordinal)
            ? call.Arguments.Where(static argument => argument.Parameter?.Name == "format").Select(static argument => Constant(argument.Value)).FirstOrDefault()
            : null;
        var separated = format is not null && Separated.IsMatch(format) ? "N" : null;
        return call.Arguments.SelectMany(Elements).Any(value => CultureFormats.IsWrittenByCulture(WithoutConversion(value).Type, separated) || IsSequenceOfCultured(WithoutConversion(value).Type));
    }

    // What a "params" parameter gets, one by one.
    private static IEnumerable<IOperation> Elements(IArgumentOperation argument) => WithoutConversion(argument.Value) switch
    {
        IArrayCreationOperation { Initializer.ElementValues: var elements } => elements,
        var value when argument.ArgumentKind is not (ArgumentKind.Explicit or ArgumentKind.DefaultValue) => value.ChildOperations,
        var value => [value],
    };

    private static bool IsSequenceOfCultured(ITypeSymbol? type) => type switch
    {
        IArrayTypeSymbol array => CultureFormats.IsWrittenByCulture(array.ElementType, format: null),
        { SpecialType: SpecialType.System_String } or null => false,
        _ => type.WithBases().OfType<INamedTypeSymbol>().Any(static candidate =>
            candidate.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T
            && CultureFormats.IsWrittenByCulture(candidate.TypeArguments[0], format: null)),
    };

    private static bool IsParse(IMethodSymbol method)
        => method is { IsStatic: true, Name: "Parse" or "TryParse" or "ParseExact" or "TryParseExact" } && method.ContainingType.IsIn("System");

    private static NumberStyles? StylesOf(IInvocationOperation call) => call.Arguments
        .Where(static argument => argument.Parameter?.Type.IsNamed("NumberStyles", "System.Globalization") == true)
        .Select(static argument => argument.Value.ConstantValue is { HasValue: true, Value: int value } ? (NumberStyles?)value : null)
        .FirstOrDefault();

    private static string? FormatOf(IInvocationOperation call) => call.Arguments
        .Where(static argument => argument.Parameter is { Name: "format" } && !IsNull(argument))
        .Select(static argument => Constant(argument.Value))
        .FirstOrDefault();

    private static string? Constant(IOperation value)
        => value.ConstantValue is { HasValue: true, Value: var constant } ? constant as string : CultureFormats.Unknown;

    private static bool GivesCulture(IArgumentOperation argument) => argument.Parameter is { Type: var type } && IsProvider(type) && !IsNull(argument);

    private static bool IsNull(IArgumentOperation argument) => WithoutConversion(argument.Value) is IDefaultValueOperation or { ConstantValue: { HasValue: true, Value: null } };

    private static bool IsFormatOrProvider(ITypeSymbol type) => type.SpecialType == SpecialType.System_String || IsProvider(type);

    private static bool IsProvider(ITypeSymbol type) => type.IsNamed("IFormatProvider", "System") || type.IsNamed("CultureInfo", "System.Globalization");

    private static bool IsComparer(ITypeSymbol? type)
        => type.IsNamed("IComparer", "System.Collections.Generic") || type.IsNamed("Comparison", "System")
            || type.IsNamed("IComparer", "System.Collections") || (type is ITypeParameterSymbol parameter && parameter.ConstraintTypes.Any(IsComparer));

    private static bool IsHandlerOfTheCurrentCulture(ITypeSymbol? handler)
        => handler.IsNamed("DefaultInterpolatedStringHandler", "System.Runtime.CompilerServices")
            || handler.IsNamed("AppendInterpolatedStringHandler", "System.Text")
            || handler.IsNamed("TryWriteInterpolatedStringHandler", "System");

    private static bool IsLocalizer(ITypeSymbol type) => type.WithBases().Any(static candidate =>
        candidate.IsNamed("IStringLocalizer", "Microsoft.Extensions.Localization") || candidate.IsNamed("IHtmlLocalizer", "Microsoft.AspNetCore.Mvc.Localization"));

    private static bool IsResourceClass(INamedTypeSymbol type)
        => type.GetMembers("ResourceManager").Any(static member => member is IPropertySymbol { IsStatic: true, Type: var manager } && manager.IsNamed("ResourceManager", "System.Resources"));

    private static bool IsDerived(ITypeSymbol type, string name, string @namespace) => type.WithBases().Any(candidate => candidate.IsNamed(name, @namespace));

    // A query provider translates the expression; nothing of it runs here.
    private static bool IsInExpressionTree(IOperation operation)
    {
        for (var parent = operation.Parent; parent is not null; parent = parent.Parent)
        {
            if (parent is IAnonymousFunctionOperation { Parent: { Type: var type } } && type.IsNamed("Expression", "System.Linq.Expressions"))
                return true;
        }

        return false;
    }

    private static IOperation WithoutConversion(IOperation value)
    {
        while (value is IConversionOperation conversion && (conversion.IsImplicit || conversion.Type is { SpecialType: SpecialType.System_Object }))
            value = conversion.Operand;
        return value;
    }
}
