using Memoize.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Parsing;

/// <summary>Reads what a method returns and whether that can be kept.</summary>
internal static class ReturnParser
{
    public static ReturnModel? Parse(IMethodSymbol method, KnownTypes knownTypes, Reporter reporter)
    {
        var type = method.ReturnType;
        if (!method.ReturnsVoid
            && !method.ReturnsByRef
            && !method.ReturnsByRefReadonly
            && !knownTypes.IsTask(type)
            && !knownTypes.IsValueTask(type))
        {
            var (kind, value) = Unwrap(type, knownTypes);
            if (!value.IsRefLikeType && value.TypeKind is not (TypeKind.Pointer or TypeKind.FunctionPointer or TypeKind.Error))
                return new(kind, CodeText.Qualified(type), CodeText.Qualified(value), CanBeNull(value));
        }

        reporter.OnMethod(Diagnostics.NoResult, method.Name, CodeText.Readable(type));
        return null;
    }

    /// <summary>How the value comes, and its type.</summary>
    public static (ReturnKind Kind, ITypeSymbol Value) Unwrap(ITypeSymbol type, KnownTypes knownTypes) => type switch
    {
        INamedTypeSymbol named when knownTypes.IsTaskOfT(named) => (ReturnKind.Task, named.TypeArguments[0]),
        INamedTypeSymbol named when knownTypes.IsValueTaskOfT(named) => (ReturnKind.ValueTask, named.TypeArguments[0]),
        _ => (ReturnKind.Value, type),
    };

    // Types that say so themselves (string?, int?) need no attribute to tell the compiler.
    private static bool CanBeNull(ITypeSymbol type)
        => !type.IsValueType && type.NullableAnnotation != NullableAnnotation.Annotated;
}
