using Memoize.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Parsing;

/// <summary>Reads the parameters of a method and decides what the wrapper does with each.</summary>
internal static class ParameterParser
{
    public static EquatableArray<ParameterModel>? Parse(
        IMethodSymbol method, KnownTypes knownTypes, Reporter reporter, CancellationToken cancellationToken)
    {
        var isValid = true;
        var hasCallerToken = false;
        var ownKey = knownTypes.OwnKeyOf(method);
        var declaresDefaults = !CachedMethodParser.IsImplementedByGenerator(method);
        var parameters = new List<ParameterModel>();
        foreach (var parameter in method.Parameters)
        {
            var role = Role(parameter, knownTypes);
            if (role == ParameterRole.CallerToken && hasCallerToken)
                role = ParameterRole.Passed;
            hasCallerToken |= role == ParameterRole.CallerToken;

            if (Obstacle(parameter, cancellationToken) is { } obstacle)
            {
                reporter.At(parameter, Diagnostics.UnsupportedParameter, parameter.Name, obstacle);
                isValid = false;
            }
            else if (ownKey is not null && (knownTypes.HasCacheKey(parameter) || knownTypes.HasCacheKeyIgnore(parameter)))
            {
                var written = knownTypes.HasCacheKey(parameter) ? "[CacheKey]" : "[CacheKeyIgnore]";
                reporter.At(parameter, Diagnostics.OptionsContradict, method.Name, $"Key = nameof({ownKey.Name}) says what the key is, and so does {written} on '{parameter.Name}'; leave one of them out");
                isValid = false;
            }
            else if (role == ParameterRole.Key && ownKey is null && HoldsToken(parameter.Type, knownTypes))
            {
                reporter.At(parameter, Diagnostics.UnsupportedParameter, parameter.Name, "made of a CancellationToken, which is never part of a key");
                isValid = false;
            }
            else if (knownTypes.HasCacheKey(parameter) && role != ParameterRole.Key)
            {
                reporter.At(parameter, Diagnostics.InvalidCacheKey, parameter.Name, "it is left out of the key; take [CacheKey] or [CacheKeyIgnore] away");
                isValid = false;
            }

            parameters.Add(new(
                CodeText.Identifier(parameter.Name),
                CodeText.Qualified(declaresDefaults ? TypeOf(parameter) : parameter.Type),
                CodeText.Qualified(TypeOf(parameter)),
                Modifiers(parameter),
                declaresDefaults ? ForwardedAttributes.Of(parameter) : "",
                declaresDefaults ? DefaultValue.Of(parameter) : null,
                role,
                ownKey is null ? null : knownTypes.ValueEquality.CopierOf(TypeOf(parameter))));
        }

        return isValid ? parameters.ToEquatableArray() : null;
    }

    /// <summary>The parameters with what copies those for the core that are in the key as something else.</summary>
    public static EquatableArray<ParameterModel> WithCopiers(EquatableArray<ParameterModel> parameters, IMethodSymbol method, KeyModel key, KnownTypes knownTypes)
        => key.Projections.Count == 0
            ? parameters
            : parameters
                .Select((parameter, index) => key.Parts.Any(part => part is { Source: KeyParameter, Projection: not null } && part.Name == parameter.Name)
                    ? parameter with { Copier = knownTypes.ValueEquality.CopierOf(TypeOf(method.Parameters[index])) }
                    : parameter)
                .ToEquatableArray();

    /// <summary>The role that attributes and type of a parameter give it.</summary>
    public static ParameterRole Role(IParameterSymbol parameter, KnownTypes knownTypes)
    {
        if (knownTypes.IsCancellationToken(parameter.Type))
            return ParameterRole.CallerToken;
        if (parameter.ContainingSymbol is IMethodSymbol method && knownTypes.OwnKeyOf(method) is { Method: not null } ownKey)
            return ownKey.Takes(parameter) ? ParameterRole.Key : ParameterRole.Passed;
        if (knownTypes.HasCacheKeyIgnore(parameter))
            return ParameterRole.Passed;
        if (knownTypes.HasCacheKey(parameter))
            return ParameterRole.Key;
        return knownTypes.IsNeverInKey(parameter.Type) ? ParameterRole.Passed : ParameterRole.Key;
    }

    /// <summary>Its type, where [AllowNull] and [DisallowNull] are annotations like any other.</summary>
    public static ITypeSymbol TypeOf(IParameterSymbol parameter)
    {
        if (parameter.Type.IsValueType)
            return parameter.Type;
        if (Has("AllowNullAttribute"))
            return parameter.Type.WithNullableAnnotation(NullableAnnotation.Annotated);
        return Has("DisallowNullAttribute") ? parameter.Type.WithNullableAnnotation(NullableAnnotation.NotAnnotated) : parameter.Type;

        bool Has(string name) => parameter.GetAttributes().Any(attribute => attribute.AttributeClass?.Name == name);
    }

    // A token tells callers apart that ask for the same, also within something else.
    private static bool HoldsToken(ITypeSymbol type, KnownTypes knownTypes) => type switch
    {
        IArrayTypeSymbol array => IsOrHoldsToken(array.ElementType, knownTypes),
        INamedTypeSymbol { TypeKind: not TypeKind.Delegate } named => named.TypeArguments.Any(argument => IsOrHoldsToken(argument, knownTypes))
            || (named is { TypeKind: TypeKind.Struct or TypeKind.Class } && SymbolEqualityComparer.Default.Equals(named.ContainingAssembly, knownTypes.Compilation.Assembly)
                && named.GetMembers().OfType<IFieldSymbol>().Any(field => !field.IsStatic && knownTypes.IsCancellationToken(field.Type))),
        _ => false,
    };

    private static bool IsOrHoldsToken(ITypeSymbol type, KnownTypes knownTypes) => knownTypes.IsCancellationToken(type) || HoldsToken(type, knownTypes);

    private static string? Obstacle(IParameterSymbol parameter, CancellationToken cancellationToken) => parameter switch
    {
        { RefKind: RefKind.Ref } => "passed by 'ref'",
        { RefKind: RefKind.Out } => "passed by 'out'",
        { Type.TypeKind: TypeKind.Pointer or TypeKind.FunctionPointer } => "a pointer",
        { Type.IsRefLikeType: true } => "a ref struct",

        // Whatever it is passed to is bound at run time, which the generated code is not.
        { Type.TypeKind: TypeKind.Dynamic } => "'dynamic', which generated code does not bind; declare it as 'object'",
        { Type: ITypeParameterSymbol type } when Generics.AllowsRefStruct(type, cancellationToken) => "allowed to be a ref struct",
        { Type.TypeKind: TypeKind.Error } => "of a type that does not exist, or that another source generator makes, which this one cannot see",
        _ => null,
    };

    private static string Modifiers(IParameterSymbol parameter)
    {
        var modifiers = "";
        if (parameter is { Ordinal: 0, ContainingSymbol: IMethodSymbol { IsExtensionMethod: true } })
            modifiers += "this ";
        if (parameter.IsParams)
            modifiers += "params ";
        if (parameter.ScopedKind != ScopedKind.None)
            modifiers += "scoped ";
        return modifiers + parameter.RefKind switch
        {
            RefKind.In => "in ",
            RefKind.RefReadOnlyParameter => "ref readonly ",
            _ => "",
        };
    }
}
