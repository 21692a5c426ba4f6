using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Analyzers;

/// <summary>Results that never expire, under keys of which there is no end.</summary>
internal static class NeverExpiresRule
{
    public static readonly DiagnosticDescriptor Descriptor = Rule.Information(
        "MEMO035",
        "Results never expire and their keys are unbounded",
        "The results of '{0}' never expire and '{1}' can have any number of values, so that only the capacity limits them: give a duration, or set Capacity to say how many are meant to be kept",
        "The memory store keeps 10,000 results of a method unless Capacity says otherwise; Duration, Sliding or DurationFrom let them go earlier.");

    public static void Check(AnnotatedMethod method, Action<Diagnostic> report)
    {
        if (method.Sets("Duration") || method.Sets("Sliding") || method.Sets("DurationFrom") || method.Sets("Capacity"))
            return;

        if (method.KeyParameters.FirstOrDefault(static parameter => !IsBounded(parameter.Type)) is { } unbounded)
            report(Diagnostic.Create(Descriptor, method.Method.Locations.FirstOrDefault(), method.Method.Name, unbounded.Name));
    }

    private static bool IsBounded(ITypeSymbol type) => type switch
    {
        { TypeKind: TypeKind.Enum } => true,
        { SpecialType: SpecialType.System_Boolean or SpecialType.System_Byte or SpecialType.System_SByte } => true,
        INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable => IsBounded(nullable.TypeArguments[0]),
        INamedTypeSymbol { IsTupleType: true } tuple => tuple.TupleElements.All(static element => IsBounded(element.Type)),
        _ => false,
    };
}
