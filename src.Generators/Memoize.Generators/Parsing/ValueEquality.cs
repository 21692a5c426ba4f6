using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Memoize.Generators.Parsing;

/// <summary>
/// When two values of a type are the same in a key. Whatever a method can tell apart by ordinary means is told apart, and what
/// compares by reference is compared by what it holds, or refused: there is nothing in between, at any depth.
/// </summary>
/// <remarks>Thread-safe. What it found about a type it keeps.</remarks>
internal sealed class ValueEquality(KnownTypes knownTypes)
{
    private const string Runtime = "global::Memoize.KeyContent";

    // Types whose own equality ignores what a method can notice, or that have none, with what the runtime has for them.
    private static readonly (string Type, string Content, bool HasOwnEquality, bool IsCopied)[] Exact =
    [
        ("System.DateTimeOffset", "OfDateTimeOffset", true, false),
        ("System.Half", "OfHalf", true, false),
        ("System.Numerics.Complex", "OfComplex", true, false),
        ("System.Uri", "OfUri", true, false),
        ("System.Net.Http.HttpMethod", "OfHttpMethod", true, false),
        ("System.Globalization.CultureInfo", "OfCultureInfo", true, true),
        ("System.Text.Json.JsonElement", "OfJsonElement", false, true),
        ("System.Text.StringBuilder", "OfStringBuilder", false, true),
    ];

    // The same, with what they ignore. Their text is a key.
    private static readonly (string Type, string Ignores)[] Lax =
    [
        ("System.Net.Mail.MailAddress", "case"),
        ("System.Net.DnsEndPoint", "case"),
        ("System.Net.Cookie", "case and attributes"),
        ("System.Net.Mime.ContentType", "case"),
        ("System.Net.Mime.ContentDisposition", "case"),
        ("System.Security.Cryptography.X509Certificates.X509Certificate", "everything but issuer and serial number"),
        ("System.Security.Cryptography.X509Certificates.X509Certificate2", "everything but issuer and serial number"),
        ("System.Runtime.InteropServices.OSPlatform", "case"),
        ("System.Globalization.TextInfo", "what was changed in it"),
        ("Microsoft.AspNetCore.Http.PathString", "case"),
        ("Microsoft.AspNetCore.Http.HostString", "case"),
        ("Microsoft.Extensions.Logging.EventId", "its name"),
    ];

    private readonly ConcurrentDictionary<ITypeSymbol, KeyNotion> _found = new(SymbolEqualityComparer.IncludeNullability);
    private readonly KeyCollections _collections = new(knownTypes);

    /// <summary>When two values of the type are the same.</summary>
    public KeyNotion Of(ITypeSymbol type) => _found.TryGetValue(type, out var known) ? known : Of(type, new Inquiry());

    /// <summary>
    /// Why the type cannot stand for a type parameter in a key. What it stands for is only known at run time, and there, without
    /// reflection, arrays can be read, and tuples, but no other collections.
    /// </summary>
    public KeyRefusal? RefusalAsArgument(ITypeSymbol type)
    {
        // What an object is, is seen when it comes.
        if (type.SpecialType == SpecialType.System_Object || type.TypeKind is TypeKind.Dynamic)
            return null;

        var notion = Of(type);
        if (notion.Refusal is not null || notion.Content is null)
            return notion.Refusal;
        if (type is IArrayTypeSymbol array)
            return RefusalAsArgument(array.ElementType);
        if (notion is { HasOwnEquality: true, IsCopied: false } || IsExact(KnownTypes.WithoutNullable(type)) || type is ITypeParameterSymbol)
            return null;
        return new(type, "is compared by reference where a type parameter stands for it", $"pass an array, a record, or what tells the values apart, or give the parameter the type '{CodeText.Signature(type)}'");
    }

    /// <summary>
    /// The expression of what copies a value that the runtime knows how to copy: a collection, whatever it holds, with the items that
    /// are such values themselves. <see langword="null"/> for other types.
    /// </summary>
    public string? CopierOf(ITypeSymbol type)
    {
        if (CollectionOf(type) is not { } collection)
            return Of(type) is { IsCopied: true, Refusal: null, Content: { } content } && type is not ITypeParameterSymbol ? content : null;

        // A set finds its items by what they are, and so shares them.
        var item = collection.Kind is CollectionKind.Set or CollectionKind.OrderedSet ? null : CopierOf(collection.Item);
        return collection.IsImmutable && item is null
            ? null
            : Call(collection.Content, type, collection.Key is null ? [collection.Item] : [collection.Key, collection.Item], item ?? "");
    }

    /// <summary>What kind of collection it is and what it holds, if it is one that a key can compare by content.</summary>
    public CollectionContent? CollectionOf(ITypeSymbol type) => _collections.Of(type);

    /// <summary>The way out for a type that is at fault.</summary>
    /// <param name="culprit">The type.</param>
    /// <param name="inKey">What is in the key: a parameter, a member that is marked, or the method that makes the key.</param>
    /// <param name="asArgument">Whether it stands for a type parameter, where no <c>[CacheKeyFor]</c> is looked for.</param>
    public string Advice(ITypeSymbol culprit, ISymbol? inKey = null, bool asArgument = false)
    {
        var (key, orLeaveOut) = inKey switch
        {
            IMethodSymbol => ("return what counts of it", "or return a string, a record or a tuple of such instead"),
            null or IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: not MethodKind.Constructor } }
                => ("name a method that says what counts with Key = nameof(…)", "or leave it out of the key with [CacheKeyIgnore] if no result depends on it"),
            _ => ("mark a property that says what counts of it", "or take [CacheKey] away if no result depends on it"),
        };

        if (culprit.SpecialType == SpecialType.System_Object || culprit.TypeKind is TypeKind.Dynamic)
            return $"give it the type of its values, {orLeaveOut}";
        if (culprit.TypeKind == TypeKind.Delegate || IsStream(culprit))
            return $"pass what tells the calls apart instead, {orLeaveOut}";
        if (culprit is IArrayTypeSymbol)
            return $"pass an array of one dimension, {orLeaveOut}";
        if (IsInlineArray(culprit))
            return $"pass an array or a ReadOnlyMemory<T>, or let it implement IEquatable<{culprit.Name}>";
        if (!IsOfProject(culprit) && culprit.AllInterfaces.Concat([culprit]).Any(static candidate => candidate.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T))
            return $"pass an array, an IReadOnlyList<T>, an IReadOnlyDictionary<TKey, TValue> or an IReadOnlySet<T>, which count by what they hold, {orLeaveOut}";

        if (asArgument && (!IsOfProject(culprit) || culprit.TypeKind is not (TypeKind.Class or TypeKind.Struct)))
            return $"pass what tells the calls apart instead, or {key}, {orLeaveOut}";
        if (!IsOfProject(culprit))
            return $"{key}, or say it once for the project with [assembly: CacheKeyFor(typeof({CodeText.Readable(culprit)}), typeof(…))], {orLeaveOut}";
        return culprit.TypeKind is TypeKind.Class or TypeKind.Struct
            ? $"make it a record, whose members count, let it implement IEquatable<{culprit.Name}>, {orLeaveOut}"
            : $"{key}, give it a [CacheKey(Comparer = typeof(…))], {orLeaveOut}";
    }

    // Whoever reads it, to make a key of it, uses it up.
    private static bool IsStream(ITypeSymbol type)
    {
        for (var declaring = type; declaring is not null; declaring = declaring.BaseType)
        {
            if (declaring is { Name: "Stream" or "TextReader", ContainingNamespace: { Name: "IO", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } } })
                return true;
        }

        return false;
    }

    private KeyNotion Of(ITypeSymbol type, Inquiry inquiry)
    {
        if (_found.TryGetValue(type, out var known))
            return known;

        // A type that refers to itself is what its other members make it.
        if (inquiry.IsWithin(type))
            return KeyNotion.Own;

        if (TypeNesting.IsTooDeep(type))
            return KeyNotion.Refused(type, "has no end of types within it");

        var question = inquiry.Begin(type);

        var notion = Judge(type, inquiry);
        inquiry.End(question);
        if (question.IsReferredTo && notion is { Refusal: null, Content: not null })
            notion = KeyNotion.Refused(type, "refers to itself and needs a comparison of its members one by one, which would have no end");
        if (question.IsSettled)
            _found[type] = notion;
        return notion;
    }

    private KeyNotion Judge(ITypeSymbol type, Inquiry inquiry)
    {
        switch (type)
        {
            case ITypeParameterSymbol:
                return new(Call("OfTypeArgument", type, [type]), HasOwnEquality: true, IsCopied: true, Refusal: null);
            case { SpecialType: SpecialType.System_Double }:
                return KeyNotion.Exact($"{Runtime}.OfDouble()");
            case { SpecialType: SpecialType.System_Single }:
                return KeyNotion.Exact($"{Runtime}.OfSingle()");
            case { SpecialType: SpecialType.System_Decimal }:
                return KeyNotion.Exact($"{Runtime}.OfDecimal()");
            case { SpecialType: SpecialType.System_DateTime }:
                return KeyNotion.Exact($"{Runtime}.OfDateTime()");
            case { SpecialType: (>= SpecialType.System_Boolean and <= SpecialType.System_String) or SpecialType.System_IntPtr or SpecialType.System_UIntPtr } or { TypeKind: TypeKind.Enum }:
                return KeyNotion.Own;
        }

        if (_collections.Of(type) is { } collection)
            return OfCollection(type, collection, inquiry);
        if (type is not INamedTypeSymbol named || type.TypeKind is TypeKind.Delegate)
            return KeyNotion.Refused(type, KeyRefusal.ByReference);
        if (named.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T)
            return OfNullable(named, inquiry);
        if (Parts(named) is { } parts)
            return OfMembers(named, parts, inquiry);

        foreach (var (name, content, hasOwnEquality, isCopied) in Exact)
        {
            if (knownTypes.Is(named, name))
                return new($"{Runtime}.{content}(){Forgiven(named)}", hasOwnEquality, isCopied, Refusal: null);
        }

        foreach (var (name, ignored) in Lax)
        {
            if (knownTypes.Is(named, name))
                return KeyNotion.Refused(named, $"has an equality that ignores {ignored}, so that arguments which a method can tell apart would share a result");
        }

        if (named.ContainingNamespace?.ToDisplayString() == "System.Net.Http.Headers" && OverridesEquals(named))
            return KeyNotion.Refused(named, "has an equality that ignores case, so that arguments which a method can tell apart would share a result");
        return OfDeclared(named, inquiry);
    }

    private KeyNotion OfCollection(ITypeSymbol type, CollectionContent collection, Inquiry inquiry)
    {
        var item = Of(collection.Item, inquiry);
        var key = collection.Key is null ? null : Of(collection.Key, inquiry);
        if ((key?.Refusal ?? item.Refusal) is { } refusal)
            return KeyNotion.Refused(refusal);

        // Sets and maps find what they hold by its own equality.
        var isSet = collection.Kind is CollectionKind.Set or CollectionKind.OrderedSet;
        if (isSet ? !item.HasOwnEquality : key is { HasOwnEquality: false })
            return KeyNotion.Refused(isSet ? collection.Item : collection.Key!, KeyRefusal.ByReference, "let a set or dictionary find what it holds by value equality, which a record has, or pass an array or an IReadOnlyList<T>");

        var arguments = collection.Key is null ? [collection.Item] : new[] { collection.Key, collection.Item };
        var contents = key?.Content is null ? item.Content : item.Content is null ? $"key: {key.Content}" : $"{item.Content}, {key.Content}";
        return new(
            Call(collection.Content, type, arguments, contents ?? ""),
            HasOwnEquality: false,
            IsCopied: !collection.IsImmutable || item.IsCopied || key is { IsCopied: true },
            Refusal: null);
    }

    private KeyNotion OfNullable(INamedTypeSymbol type, Inquiry inquiry)
    {
        var value = Of(type.TypeArguments[0], inquiry);
        return value.Content is null ? value : value with { Content = $"{Runtime}.OfNullable<{CodeText.Qualified(type.TypeArguments[0])}>({value.Content})" };
    }

    // Struct or not, they compare what they are made of.
    private IReadOnlyList<StateMember>? Parts(INamedTypeSymbol type)
    {
        if (type.IsTupleType)
            return [.. type.TupleElements.Select(static (element, index) => new StateMember($"Item{Text(index + 1)}", element.Type, IsReadable: true, CanBeSet: true))];
        if (!type.IsGenericType)
            return null;

        string[] names;
        if (knownTypes.Is(type.OriginalDefinition, "System.Collections.Generic.KeyValuePair`2"))
            names = ["Key", "Value"];
        else if (type is { Name: "Tuple", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } })
            names = [.. type.TypeArguments.Select(static (_, index) => index < 7 ? $"Item{Text(index + 1)}" : "Rest")];
        else
            return null;

        var made = CodeText.Qualified(type.WithNullableAnnotation(NullableAnnotation.NotAnnotated));
        return [.. names.Select((name, index) => new StateMember(
            name, type.TypeArguments[index], IsReadable: true, CanBeSet: true, With: $"new {made}({string.Join(", ", names.Select(other => other == name ? "copy" : $"value.{other}"))})"))];
    }

    private KeyNotion OfDeclared(INamedTypeSymbol type, Inquiry inquiry)
    {
        if (type.IsAnonymousType)
            return OfAnonymous(type, inquiry);

        var isOwn = IsOfProject(type);
        switch (type.TypeKind)
        {
            case TypeKind.Interface:
                return KnownTypes.IsEquatableToItself(type) ? KeyNotion.Own : KeyNotion.Refused(type, KeyRefusal.ByReference);
            case TypeKind.Class when !type.IsRecord:
                return KnownTypes.IsEquatableToItself(type) || OverridesEquals(type) ? KeyNotion.Own : KeyNotion.Refused(type, KeyRefusal.ByReference);
            case TypeKind.Class or TypeKind.Struct:
                break;
            default:
                return KeyNotion.Refused(type, KeyRefusal.ByReference);
        }

        // A type that says itself what is equal is taken at its word.
        if (!StateMember.AreCompared(type))
            return KeyNotion.Own;
        if (IsInlineArray(type))
            return KeyNotion.Refused(type, "is an inline array, which cannot be compared");
        if (type.AllInterfaces.Any(static candidate => candidate is { Name: "IUnion", ContainingNamespace.Name: "CompilerServices" }))
            return OfUnion(type, inquiry);
        if (isOwn)
            return OfMembers(type, StateMember.Of(type), inquiry);

        // Of a type of another assembly only what is public can be seen. A struct without anything of the kind may hold references.
        var visible = Visible(type);
        return !type.IsRecord && (visible.Count == 0 || FrameworkTypes.Contain(type))
            ? KeyNotion.Refused(type, "has no equality of its own, and what it holds cannot be seen")
            : OfMembers(type, visible, inquiry);
    }

    // Only what compares it can be told, since its name cannot be written: its properties do, by their own equality.
    private KeyNotion OfAnonymous(INamedTypeSymbol type, Inquiry inquiry)
    {
        foreach (var property in type.GetMembers().OfType<IPropertySymbol>())
        {
            var notion = Of(property.Type, inquiry);
            if (notion.Refusal is { } refusal)
                return KeyNotion.Refused(refusal.In(type, property.Name));
            if (!notion.HasOwnEquality)
                return KeyNotion.Refused(new KeyRefusal(property.Type, KeyRefusal.ByReference, "pass what tells the values apart, or what is compared by what it holds as a parameter of its own").In(type, property.Name));
        }

        return KeyNotion.Own;
    }

    // What a union holds is a value of one of its cases, behind an object.
    private KeyNotion OfUnion(INamedTypeSymbol type, Inquiry inquiry)
    {
        foreach (var constructor in type.InstanceConstructors)
        {
            if (constructor is not { DeclaredAccessibility: Accessibility.Public, Parameters.Length: 1 })
                continue;

            var held = constructor.Parameters[0].Type;
            var notion = Of(held, inquiry);
            if (notion.Refusal is { } refusal)
                return KeyNotion.Refused(refusal.In(type, "Value"));
            if (notion.Content is not null)
                return KeyNotion.Refused(new KeyRefusal(held, notion.HasOwnEquality ? "has an equality that ignores what a method can notice, and nobody else compares what a union holds" : KeyRefusal.ByReference).In(type, "Value"));
        }

        return KeyNotion.Own;
    }

    private KeyNotion OfMembers(INamedTypeSymbol type, IReadOnlyList<StateMember> members, Inquiry inquiry)
    {
        var notions = new (StateMember Member, KeyNotion Notion)[members.Count];
        for (var i = 0; i < notions.Length; i++)
        {
            notions[i] = (members[i], Of(members[i].Type, inquiry));
            if (notions[i].Notion.Refusal is { } refusal)
                return KeyNotion.Refused(refusal.In(type, members[i].Name));
        }

        if (Array.TrueForAll(notions, static part => part.Notion.Content is null))
            return KeyNotion.Own;

        // As long as all members have value equality, the type's own holds, and what it ignores is compared beside it. Otherwise
        // its own is one by reference, and the members are compared in its stead: all of them have to be there, then.
        var hasOwnEquality = Array.TrueForAll(notions, static part => part.Notion.HasOwnEquality);
        foreach (var (member, notion) in notions)
        {
            if (!hasOwnEquality && !notion.HasOwnEquality && !CanBeTakenApart(type))
                return Refuse(member, KeyRefusal.ByReference, wayOut: Advice(type));
            if (!hasOwnEquality && !member.IsReadable)
                return Refuse(member, $"cannot be read, and '{type.Name}' must be compared member by member because it holds what compares by reference", $"make it a property with get and init accessors, or let '{type.Name}' implement IEquatable<{type.Name}>");
            if (notion.IsCopied && member.Type is not ITypeParameterSymbol && !(member.IsReadable && member.CanBeSet))
                return Refuse(member, "can change, and no copy of its owner can be made with a copy of it", $"give it an init accessor, an immutable type, or let '{type.Name}' implement IEquatable<{type.Name}>");
        }

        if (!hasOwnEquality && type.IsAbstract)
            return KeyNotion.Refused(type, "is abstract and holds what compares by reference, so that nobody can see all that counts");

        var compared = notions.Where(part => part.Member.IsReadable && (!hasOwnEquality || part.Notion.Content is not null)).ToArray();
        if (compared.Length == 0)
            return KeyNotion.Own;

        var written = CodeText.Qualified(type.WithNullableAnnotation(NullableAnnotation.NotAnnotated));
        var arguments = compared.Select(part => $"{Runtime}.Member<{written}, {CodeText.Qualified(part.Member.Type)}>({string.Join(", ", Arguments(part.Member, part.Notion))})");
        return new(
            $"{Runtime}.{(hasOwnEquality ? "OfEquality" : "OfMembers")}<{written}>({string.Join(", ", arguments)}){Forgiven(type)}",
            hasOwnEquality,
            IsCopied: Array.Exists(compared, static part => part.Notion.IsCopied && part.Member.CanBeSet),
            Refusal: null);

        KeyNotion Refuse(StateMember member, string reason, string wayOut) => KeyNotion.Refused(new KeyRefusal(member.Type, reason, wayOut).In(type, member.Name));
    }

    private static IEnumerable<string> Arguments(StateMember member, KeyNotion notion)
    {
        var name = CodeText.Identifier(member.Name);
        yield return $"static value => value.{name}";
        if (notion.Content is not null)
            yield return notion.Content;
        if (notion.IsCopied && member.CanBeSet)
            yield return $"static (value, copy) => {member.With ?? $"value with {{ {name} = copy }}"}";
    }

    private bool IsExact(ITypeSymbol type) => Array.Exists(Exact, exact => knownTypes.Is(type, exact.Type));

    // Pairs and tuples of classes are, but nothing else of other assemblies.
    private bool CanBeTakenApart(INamedTypeSymbol type) => type.IsTupleType || IsOfProject(type) || Parts(type) is not null;

    private bool IsOfProject(ITypeSymbol type) => SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, knownTypes.Compilation.Assembly);

    private static List<StateMember> Visible(INamedTypeSymbol type)
    {
        var members = new List<StateMember>();
        for (INamedTypeSymbol? declaring = type; declaring is { SpecialType: not (SpecialType.System_Object or SpecialType.System_ValueType) }; declaring = declaring.BaseType)
        {
            foreach (var member in declaring.GetMembers())
            {
                if (member is IFieldSymbol { IsStatic: false, IsConst: false, DeclaredAccessibility: Accessibility.Public } field)
                    members.Add(new(field.Name, field.Type, IsUnmarked(field), !field.IsReadOnly));
                else if (member is IPropertySymbol { IsStatic: false, IsIndexer: false, GetMethod.DeclaredAccessibility: Accessibility.Public } property && IsState(property, declaring))
                    members.Add(new(property.Name, property.Type, IsUnmarked(property), property.SetMethod is { DeclaredAccessibility: Accessibility.Public }));
            }
        }

        return [.. members.OrderBy(static member => member.Name, StringComparer.Ordinal)];

        static bool IsState(IPropertySymbol property, INamedTypeSymbol declaring)
            => property.SetMethod is not null
                || declaring.InstanceConstructors.Any(constructor => constructor.Parameters.Any(parameter => string.Equals(parameter.Name, property.Name, StringComparison.OrdinalIgnoreCase)));

        static bool IsUnmarked(ISymbol member)
            => !member.GetAttributes().Any(static attribute => attribute.AttributeClass?.Name is "ObsoleteAttribute" or "ExperimentalAttribute");
    }

    private static bool IsInlineArray(ITypeSymbol type)
        => type.IsValueType && type.GetAttributes().Any(static attribute => attribute.AttributeClass is { Name: "InlineArrayAttribute", ContainingNamespace.Name: "CompilerServices" });

    // Some only do so to say that they do not, and call object's.
    private static bool OverridesEquals(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? declaring = type; declaring is { SpecialType: not SpecialType.System_Object }; declaring = declaring.BaseType)
        {
            foreach (var member in declaring.GetMembers("Equals"))
            {
                if (member is not IMethodSymbol { IsOverride: true, Parameters.Length: 1 } equals || equals.Parameters[0].Type.SpecialType != SpecialType.System_Object)
                    continue;

                switch (Says(equals))
                {
                    case EqualsBody.Something:
                        return true;
                    case EqualsBody.ByReference:
                        return false;
                }
            }
        }

        return false;
    }

    private static EqualsBody Says(IMethodSymbol equals)
    {
        const int Never = 1;

        if (equals.DeclaringSyntaxReferences.IsEmpty)
        {
            // Nobody hides an equality that means something from whoever writes a program.
            return equals.GetAttributes().Any(static attribute => attribute is { AttributeClass.Name: "EditorBrowsableAttribute", ConstructorArguments.Length: 1 }
                && attribute.ConstructorArguments[0].Value is Never)
                ? EqualsBody.Inherited
                : EqualsBody.Something;
        }

        var said = equals.DeclaringSyntaxReferences[0].GetSyntax() switch
        {
            MethodDeclarationSyntax { ExpressionBody.Expression: { } expression } => expression,
            MethodDeclarationSyntax { Body.Statements: { Count: 1 } statements } => (statements[0] as ReturnStatementSyntax)?.Expression,
            _ => null,
        };
        return said switch
        {
            InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: BaseExpressionSyntax, Name.Identifier.ValueText: "Equals" } } => EqualsBody.Inherited,
            InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "ReferenceEquals" } or MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ReferenceEquals" } } => EqualsBody.ByReference,
            BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression, Left: ThisExpressionSyntax or CastExpressionSyntax { Expression: ThisExpressionSyntax } } => EqualsBody.ByReference,
            _ => EqualsBody.Something,
        };
    }

    // The type arguments are written as they are annotated; "!" tells the compiler that null is seen to.
    private static string Call(string method, ITypeSymbol type, IEnumerable<ITypeSymbol> typeArguments, string arguments = "")
        => $"{Runtime}.{method}<{string.Join(", ", typeArguments.Select(CodeText.Qualified))}>({arguments}){Forgiven(type)}";

    private static string Forgiven(ITypeSymbol type) => !type.IsValueType && type.NullableAnnotation == NullableAnnotation.Annotated ? "!" : "";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private enum EqualsBody
    {
        Something,
        Inherited,
        ByReference,
    }

    /// <summary>The types that are being looked at, each of which holds the next.</summary>
    private sealed class Inquiry
    {
        private readonly List<Question> _questions = [];

        /// <summary>Whether the type is being looked at already. What is found from there on depends on it.</summary>
        public bool IsWithin(ITypeSymbol type)
        {
            var asked = _questions.Find(question => SymbolEqualityComparer.Default.Equals(question.Type, type));
            if (asked is null)
                return false;

            asked.IsReferredTo = true;
            foreach (var question in _questions)
                question.RefersTo(asked);
            return true;
        }

        public Question Begin(ITypeSymbol type)
        {
            var question = new Question(type, _questions.Count);
            _questions.Add(question);
            return question;
        }

        public void End(Question question) => _questions.RemoveRange(question.Depth, _questions.Count - question.Depth);
    }

    private sealed class Question(ITypeSymbol type, int depth)
    {
        public ITypeSymbol Type => type;

        public int Depth => depth;

        public bool IsReferredTo { get; set; }

        /// <summary>Whether what is found does not depend on types around this one.</summary>
        public bool IsSettled { get; private set; } = true;

        public void RefersTo(Question outer) => IsSettled &= outer.Depth >= depth;
    }
}
