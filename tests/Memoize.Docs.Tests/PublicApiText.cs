using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Memoize.Docs.Tests;

/// <summary>Prints what users of a library can see, in an order that does not depend on the sources.</summary>
internal static class PublicApiText
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(char)] = "char",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(short)] = "short",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
    };

    // Attributes by which a caller's code compiles or behaves differently.
    private static readonly HashSet<string> TellingAttributes = new(StringComparer.Ordinal)
    {
        "AttributeUsageAttribute", "EditorBrowsableAttribute", "ExperimentalAttribute", "FlagsAttribute", "ObsoleteAttribute",
        "RequiresDynamicCodeAttribute", "RequiresUnreferencedCodeAttribute", "NotNullWhenAttribute", "MaybeNullWhenAttribute",
        "MaybeNullAttribute", "NotNullAttribute", "MemberNotNullAttribute", "DoesNotReturnAttribute", "AllowNullAttribute",
        "StringSyntaxAttribute", "UnscopedRefAttribute",
    };

    private const string ForOldCompilers = "Constructors of types with required members";

    public static string Of(Assembly library)
    {
        var text = new StringBuilder();
        foreach (var type in library.GetExportedTypes().OrderBy(static type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Attributes(type)).Append(Header(type)).Append('\n');
            foreach (var (_, line) in Members(type).OrderBy(static member => member.Name, StringComparer.Ordinal).ThenBy(static member => member.Text, StringComparer.Ordinal))
                text.Append("    ").Append(line).Append('\n');
            text.Append('\n');
        }

        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static string Header(Type type)
    {
        var kind = type switch
        {
            { IsEnum: true } => "enum",
            { IsInterface: true } => "interface",
            { IsValueType: true } => (IsReadOnly(type) ? "readonly " : "") + (type.IsByRefLike ? "ref " : "") + "struct",
            _ when type.IsSubclassOf(typeof(MulticastDelegate)) => "delegate",
            _ => (type.IsAbstract && type.IsSealed ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "") + "class",
        };
        var bases = new List<string>();
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum))
            bases.Add(Name(parent));
        if (type.IsEnum)
            bases.Add(Name(Enum.GetUnderlyingType(type)));
        else
            bases.AddRange(type.GetInterfaces().Where(static contract => contract.IsVisible).Select(Name).Order(StringComparer.Ordinal));
        return $"{Accessibility(type.Attributes)}{kind} {type.Namespace}.{Name(type)}"
            + (bases.Count == 0 ? "" : " : " + string.Join(", ", bases))
            + Constraints(type.GetGenericArguments());
    }

    private static IEnumerable<(string Name, string Text)> Members(Type type)
    {
        foreach (var member in type.GetMembers(Declared))
        {
            var text = member switch
            {
                _ when member.IsDefined(typeof(CompilerGeneratedAttribute)) && member is not MethodInfo { IsSpecialName: true } => null,
                FieldInfo { IsSpecialName: true } => null,
                FieldInfo field when IsVisible(field.Attributes) => Field(field),
                PropertyInfo property when property.GetAccessors(nonPublic: true).Any(IsVisible) => Property(property),
                EventInfo @event when IsVisible(@event.AddMethod!) =>
                    $"{Modifiers(@event.AddMethod!)}event {Type(new NullabilityInfoContext().Create(@event))} {@event.Name}",
                ConstructorInfo constructor when IsVisible(constructor) && !constructor.IsStatic =>
                    $"{Modifiers(constructor)}{Simple(type.Name)}({Parameters(constructor)})",
                MethodInfo method when IsVisible(method) && !IsAccessor(method) => Method(method),
                _ => null,
            };
            if (text is not null)
                yield return (member.Name, Attributes(member) + text);
        }
    }

    private static string Field(FieldInfo field)
    {
        if (field.DeclaringType!.IsEnum)
            return $"{field.Name} = {Convert.ToString(field.GetRawConstantValue(), CultureInfo.InvariantCulture)}";

        var modifiers = field.IsLiteral ? "const " : (field.IsStatic ? "static " : "") + (field.IsInitOnly ? "readonly " : "");
        var value = field.IsLiteral ? $" = {Literal(field.GetRawConstantValue())}" : "";
        return $"{(field.IsPublic ? "public" : "protected")} {modifiers}{Type(new NullabilityInfoContext().Create(field))} {field.Name}{value}";
    }

    private static string Property(PropertyInfo property)
    {
        var accessors = property.GetAccessors(nonPublic: true).Where(IsVisible).ToArray();
        var widest = accessors.FirstOrDefault(static accessor => accessor.IsPublic) ?? accessors[0];
        var required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        var index = property.GetIndexParameters();
        var name = index.Length == 0 ? property.Name : $"this[{string.Join(", ", index.Select(Parameter))}]";
        var list = string.Concat(accessors.Select(accessor =>
            (accessor.IsPublic == widest.IsPublic ? "" : "protected ")
            + (accessor.ReturnType != typeof(void) ? "get; " : IsInit(accessor) ? "init; " : "set; ")));
        return $"{Modifiers(widest)}{required}{Type(new NullabilityInfoContext().Create(property))} {name} {{ {list}}}";
    }

    private static string Method(MethodInfo method)
        => $"{Modifiers(method)}{Type(new NullabilityInfoContext().Create(method.ReturnParameter))} {method.Name}{TypeParameters(method.GetGenericArguments())}"
            + $"({Parameters(method)}){Constraints(method.GetGenericArguments())}";

    private static string Parameters(MethodBase method)
    {
        var extension = method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "";
        return extension + string.Join(", ", method.GetParameters().Select(Parameter));
    }

    private static string Parameter(ParameterInfo parameter)
    {
        var modifier = parameter switch
        {
            { IsOut: true } => "out ",
            { ParameterType.IsByRef: true, IsIn: true } => "in ",
            { ParameterType.IsByRef: true } => "ref ",
            _ when parameter.IsDefined(typeof(ParamArrayAttribute)) => "params ",
            _ => "",
        };
        var value = parameter.HasDefaultValue ? $" = {Literal(parameter.RawDefaultValue)}" : "";
        return $"{Attributes(parameter)}{modifier}{Type(new NullabilityInfoContext().Create(parameter))} {parameter.Name}{value}";
    }

    private static string Type(NullabilityInfo info)
    {
        var type = info.Type.IsByRef ? info.Type.GetElementType()! : info.Type;
        // Reflection cannot tell T from T? where T is not constrained.
        var mark = !type.IsValueType && !type.IsGenericParameter && info.ReadState == NullabilityState.Nullable ? "?" : "";
        if (type.IsArray && info.ElementType is { } element)
            return $"{Type(element)}[]{mark}";
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return Name(underlying) + "?";
        return type.IsGenericType && info.GenericTypeArguments.Length == type.GetGenericArguments().Length
            ? $"{Simple(type.Name)}<{string.Join(", ", info.GenericTypeArguments.Select(Type))}>{mark}"
            : Name(type) + mark;
    }

    private static string Name(Type type)
    {
        if (Keywords.TryGetValue(type, out var keyword))
            return keyword;
        if (type.IsArray)
            return Name(type.GetElementType()!) + "[]";
        if (type.IsByRef)
            return Name(type.GetElementType()!);
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return Name(underlying) + "?";
        var outer = type is { IsNested: true, IsGenericParameter: false } ? Name(type.DeclaringType!) + "." : "";
        return outer + Simple(type.Name) + (type.IsGenericParameter ? "" : TypeParameters(type.GetGenericArguments()));
    }

    private static string TypeParameters(Type[] arguments)
        => arguments.Length == 0 ? "" : $"<{string.Join(", ", arguments.Select(Name))}>";

    private static string Constraints(Type[] arguments)
    {
        var text = new StringBuilder();
        foreach (var argument in arguments.Where(static argument => argument.IsGenericParameter))
        {
            var attributes = argument.GenericParameterAttributes;
            var isStruct = attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
            string[] constraints =
            [
                .. isStruct ? ["struct"] : Array.Empty<string>(),
                .. attributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint) ? ["class"] : Array.Empty<string>(),
                .. argument.GetGenericParameterConstraints().Where(static type => type != typeof(ValueType)).Select(Name),
                .. !isStruct && attributes.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint) ? ["new()"] : Array.Empty<string>(),
                .. NullableContext(argument) == 1 && !isStruct && (attributes & GenericParameterAttributes.SpecialConstraintMask) == GenericParameterAttributes.None
                    && argument.GetGenericParameterConstraints().Length == 0 ? ["notnull"] : Array.Empty<string>(),
            ];
            if (constraints.Length > 0)
                text.Append(" where ").Append(argument.Name).Append(" : ").AppendJoin(", ", constraints);
        }

        return text.ToString();
    }

    private static byte NullableContext(Type typeParameter)
    {
        var data = typeParameter.CustomAttributes.FirstOrDefault(static attribute => attribute.AttributeType == typeof(NullableAttribute));
        return data?.ConstructorArguments[0].Value is byte flag ? flag : (byte)0;
    }

    private static string Attributes(ICustomAttributeProvider member)
    {
        var data = member switch
        {
            MemberInfo info => info.GetCustomAttributesData(),
            ParameterInfo info => info.GetCustomAttributesData(),
            _ => [],
        };
        return string.Concat(data
            .Where(static attribute => TellingAttributes.Contains(attribute.AttributeType.Name))
            .Where(static attribute => !(attribute.ConstructorArguments.FirstOrDefault().Value is string text && text.StartsWith(ForOldCompilers, StringComparison.Ordinal)))
            .Select(static attribute =>
            {
                var arguments = attribute.ConstructorArguments.Select(static argument => Literal(argument))
                    .Concat(attribute.NamedArguments.Select(static argument => $"{argument.MemberName} = {Literal(argument.TypedValue)}"));
                var list = string.Join(", ", arguments);
                return $"[{attribute.AttributeType.Name[..^"Attribute".Length]}{(list.Length == 0 ? "" : $"({list})")}] ";
            })
            .Order(StringComparer.Ordinal));
    }

    private static string Literal(CustomAttributeTypedArgument argument) => argument.ArgumentType.IsEnum
        ? Enum.ToObject(argument.ArgumentType, argument.Value!).ToString()!
        : Literal(argument.Value);

    private static string Literal(object? value) => value switch
    {
        null => "default",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Modifiers(MethodBase method)
    {
        if (method.DeclaringType!.IsInterface)
            return method.IsStatic ? "static " : "";
        var isOverride = method is MethodInfo info && info.GetBaseDefinition() != info;
        return (method.IsPublic ? "public " : "protected ")
            + (method.IsStatic ? "static "
                : method.IsAbstract ? "abstract "
                : isOverride ? (method.IsFinal ? "sealed override " : "override ")
                : method.IsVirtual && !method.IsFinal ? "virtual " : "");
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsVisible(FieldAttributes attributes)
        => (attributes & FieldAttributes.FieldAccessMask) is FieldAttributes.Public or FieldAttributes.Family or FieldAttributes.FamORAssem;

    private static bool IsAccessor(MethodInfo method)
        => method.IsSpecialName && (method.Name.StartsWith("get_", StringComparison.Ordinal)
            || method.Name.StartsWith("set_", StringComparison.Ordinal)
            || method.Name.StartsWith("add_", StringComparison.Ordinal)
            || method.Name.StartsWith("remove_", StringComparison.Ordinal));

    private static bool IsInit(MethodInfo setter)
        => setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));

    private static bool IsReadOnly(Type type) => type.IsDefined(typeof(IsReadOnlyAttribute));

    private static string Accessibility(TypeAttributes attributes)
        => (attributes & TypeAttributes.VisibilityMask) is TypeAttributes.NestedFamily or TypeAttributes.NestedFamORAssem ? "protected " : "public ";

    private static string Simple(string name) => name.Split('`')[0];
}
