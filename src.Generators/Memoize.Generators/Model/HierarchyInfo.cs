namespace Memoize.Generators.Model;

/// <summary>Where generated members go: the namespace and the chain of partial types, outermost first.</summary>
/// <param name="Namespace">The namespace, escaped where needed; <see langword="null"/> for the global one.</param>
/// <param name="Types">The types around the method, outermost first.</param>
/// <param name="SelfType">The innermost type as it is written elsewhere: <c>global::Shop.Outer&lt;T&gt;.Inner</c>.</param>
internal sealed record HierarchyInfo(string? Namespace, EquatableArray<TypeDeclarationInfo> Types, string SelfType);

/// <summary>One partial type declaration: <c>partial record struct Pair&lt;TLeft, TRight&gt;</c>.</summary>
/// <param name="Modifiers">The modifiers of the part that is generated.</param>
/// <param name="Keyword">What kind of type it is, in the words of its declaration: <c>class</c>, <c>record struct</c>, <c>union</c>.</param>
/// <param name="Name">Its name with type parameters. Constraints stay with the user's part.</param>
internal sealed record TypeDeclarationInfo(string Modifiers, string Keyword, string Name);
