using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Memoize.Generators.Parsing;

/// <summary>One thing that a value of this project's holds, and that the equality which the compiler writes compares.</summary>
/// <param name="Name">The field, or the property whose field it is.</param>
/// <param name="Type">Its type.</param>
/// <param name="IsReadable">Whether generated code of this project can read just it.</param>
/// <param name="CanBeSet">Whether a copy can be made with another one in its place.</param>
/// <param name="With">The expression that makes such a copy of <c>value</c> with <c>copy</c>, if it is not a <c>with</c>.</param>
internal sealed record StateMember(string Name, ITypeSymbol Type, bool IsReadable, bool CanBeSet, string? With = null)
{
    /// <summary>What a type and its bases hold, by name within each: the order in which they are declared is no part of a key.</summary>
    public static List<StateMember> Of(INamedTypeSymbol type)
    {
        var members = new List<StateMember>();
        for (INamedTypeSymbol? declaring = type; declaring is { SpecialType: not (SpecialType.System_Object or SpecialType.System_ValueType) }; declaring = declaring.BaseType)
        {
            members.InsertRange(0, declaring.GetMembers()
                .Where(static member => IsField(member) || member is IEventSymbol { IsStatic: false })
                .GroupBy(NameOf, StringComparer.Ordinal)
                .Select(group => Of(group.First(), type))
                .Concat(Captured(declaring))
                .OrderBy(static member => member.Name, StringComparer.Ordinal));
        }

        return members;
    }

    /// <summary>Whether equality is what the compiler makes it, for records and structs that say nothing about it: member by member.</summary>
    public static bool AreCompared(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? declaring = type; declaring is { SpecialType: not (SpecialType.System_Object or SpecialType.System_ValueType) }; declaring = declaring.BaseType)
        {
            var isWritten = declaring switch
            {
                { IsRecord: true } => declaring.GetMembers("Equals").OfType<IMethodSymbol>().Any(static equals => !IsByCompiler(equals))
                    || declaring.GetMembers("EqualityContract").Any(static contract => !IsByCompiler(contract)),
                { IsValueType: true } => declaring.GetMembers("Equals").OfType<IMethodSymbol>().Any(static equals => equals.IsOverride) || KnownTypes.IsEquatableToItself(declaring),
                _ => true,
            };
            if (isWritten)
                return false;
        }

        return true;
    }

    // In a referenced assembly, all members are declared, and what the compiler wrote is marked.
    private static bool IsByCompiler(ISymbol member)
        => member.IsImplicitlyDeclared
            || (member.DeclaringSyntaxReferences.IsEmpty && member.GetAttributes().Any(static attribute => attribute.AttributeClass?.Name == "CompilerGeneratedAttribute"))
            || (member is IPropertySymbol { GetMethod: { } getter } && member.DeclaringSyntaxReferences.IsEmpty && IsByCompiler(getter));

    private static StateMember Of(ISymbol state, INamedTypeSymbol type)
    {
        var read = state is IFieldSymbol { AssociatedSymbol: { } property } ? property : state;
        return read switch
        {
            IFieldSymbol field => new(
                field.Name, field.Type, !field.IsFixedSizeBuffer && CanReach(field) && !IsHidden(field, type), !field.IsReadOnly),
            IPropertySymbol auto => new(
                auto.Name,
                auto.Type,
                auto is { GetMethod: { } getter, IsVirtual: false, IsOverride: false } && IsAuto(auto) && CanReach(getter) && CanReach(auto) && !IsHidden(auto, type),
                auto.SetMethod is { } setter && CanReach(setter)),
            _ => new(read.Name, ((IEventSymbol)read).Type, IsReadable: false, CanBeSet: false),
        };
    }

    // Not those that the compiler makes of a captured parameter: whether there is one, only a body tells.
    private static bool IsField(ISymbol member) => member is IFieldSymbol { IsStatic: false, IsConst: false } and not IFieldSymbol { IsImplicitlyDeclared: true, AssociatedSymbol: null };

    // What the methods of a struct use of its primary constructor's parameters is kept in fields that nobody sees.
    private static IEnumerable<StateMember> Captured(INamedTypeSymbol type)
        => type.IsRecord || !type.IsValueType ? [] : type.InstanceConstructors
            .Where(static constructor => constructor.DeclaringSyntaxReferences.Any(static reference => reference.GetSyntax() is TypeDeclarationSyntax))
            .SelectMany(static constructor => constructor.Parameters)
            .Select(static parameter => new StateMember(parameter.Name, parameter.Type, IsReadable: false, CanBeSet: false));

    private static bool IsHidden(ISymbol member, INamedTypeSymbol type)
    {
        for (var derived = type; !SymbolEqualityComparer.Default.Equals(derived, member.ContainingType); derived = derived.BaseType!)
        {
            if (derived.GetMembers(member.Name).Length > 0)
                return true;
        }

        return false;
    }

    // Marked members cost the caller a warning that generated code should not have.
    private static bool CanReach(ISymbol member)
        => member.DeclaredAccessibility is Accessibility.Public or Accessibility.Internal or Accessibility.ProtectedOrInternal
            && !member.GetAttributes().Any(static attribute => attribute.AttributeClass?.Name is "ObsoleteAttribute" or "ExperimentalAttribute");

    // What its getter returns is what its field holds.
    private static bool IsAuto(IPropertySymbol property) => property.DeclaringSyntaxReferences.All(static reference => reference.GetSyntax() switch
    {
        ParameterSyntax => true,
        PropertyDeclarationSyntax { AccessorList: { } accessors } => accessors.Accessors.All(static accessor =>
            accessor.Keyword.Text != "get" || (accessor.Body is null && accessor.ExpressionBody is null)),
        _ => false,
    });

    private static string NameOf(ISymbol state) => state is IFieldSymbol { AssociatedSymbol: { } property } ? property.Name : state.Name;
}
