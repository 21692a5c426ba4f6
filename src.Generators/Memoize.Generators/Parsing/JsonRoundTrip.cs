using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Parsing;

/// <summary>
/// Whether System.Text.Json reads back what it has written of a type. What it would lose without a word is as bad as what it
/// refuses. Only what is certain is said here: what depends on a value (its run-time type, its comparer, what a constructor or a
/// converter makes of it) is seen when results are written, and read back.
/// </summary>
/// <remarks>The rules are those of System.Text.Json 10, found by trying; the corpus of results in the tests holds them against it.</remarks>
internal sealed class JsonRoundTrip
{
    private static readonly string[] Values =
    [
        "System.DateTimeOffset", "System.DateOnly", "System.TimeOnly", "System.TimeSpan", "System.Guid", "System.Uri", "System.Version",
        "System.Half", "System.Int128", "System.UInt128",
    ];

    private static readonly string[] Documents =
        ["JsonElement", "JsonDocument", "JsonNode", "JsonObject", "JsonArray", "JsonValue"];

    // Of the framework's other types, those whose every part can be set; of the rest nobody promises anything.
    private static readonly string[] Objects =
    [
        "System.Tuple", "System.Collections.Generic.KeyValuePair", "System.Memory", "System.ReadOnlyMemory", "System.Drawing.Point", "System.Drawing.PointF", "System.Drawing.Size",
        "System.Drawing.SizeF", "System.Drawing.Rectangle", "System.Drawing.RectangleF",
    ];

    private readonly HashSet<ITypeSymbol> _seen = new(SymbolEqualityComparer.Default);
    private readonly JsonOptions _options;
    private readonly JsonWriting _writing;

    private JsonRoundTrip(JsonOptions options)
    {
        _options = options;
        _writing = new(options);
    }

    /// <summary>Why a value would not come back as it was, as the end of a sentence; <see langword="null"/> if nothing certain speaks against it.</summary>
    public static string? Obstacle(ITypeSymbol type) => Obstacle(type, JsonOptions.Default);

    /// <inheritdoc cref="Obstacle(ITypeSymbol)"/>
    /// <param name="type">The type.</param>
    /// <param name="options">What it is written with.</param>
    public static string? Obstacle(ITypeSymbol type, JsonOptions options) => new JsonRoundTrip(options).Of(type);

    /// <summary>Whether it is a value that JSON has a form for.</summary>
    public static bool IsValue(ITypeSymbol type)
        => type.TypeKind == TypeKind.Enum
            || type.SpecialType is (>= SpecialType.System_Boolean and <= SpecialType.System_String) or SpecialType.System_DateTime
            || Array.Exists(Values, name => FrameworkTypes.IsNamed(type, name))
            || IsDocument(type);

    private static bool IsDocument(ITypeSymbol type) => Array.IndexOf(Documents, type.Name) >= 0 && FrameworkTypes.Contain(type);

    private string? Of(ITypeSymbol type)
    {
        type = KnownTypes.WithoutNullable(type);
        if (type is ITypeParameterSymbol || JsonConverters.AreOn(type) || _options.Converted.Contains(type, SymbolEqualityComparer.Default) || IsValue(type) || TypeNesting.IsTooDeep(type) || !_seen.Add(type))
            return null;

        return type switch
        {
            { SpecialType: SpecialType.System_Object } or { TypeKind: TypeKind.Dynamic } => "an 'object' comes back as a JsonElement; give it the type that it has",
            IArrayTypeSymbol { IsSZArray: true } array => Of(array.ElementType),
            INamedTypeSymbol { IsTupleType: true } tuple => OfTuple(tuple),
            INamedTypeSymbol named when JsonWriting.Refuses(named) is null => OfNamed(named),
            _ => $"a '{CodeText.Readable(type)}' cannot be written and read back",
        };
    }

    private string? OfTuple(INamedTypeSymbol type) => _options.IncludesFields
        ? First(type.TupleElements.Select(static element => element.Type))
        : $"of a tuple like '{CodeText.Readable(type)}' nothing is written; return a record";

    private string? OfNamed(INamedTypeSymbol type)
    {
        if (type.AllInterfaces.Any(static candidate => candidate.SpecialType == SpecialType.System_Collections_IEnumerable) || type.SpecialType == SpecialType.System_Collections_IEnumerable)
            return OfCollection(type);
        if (FrameworkTypes.Contain(type))
            return Array.Exists(Objects, name => FrameworkTypes.IsNamed(type, name)) ? First(type.TypeArguments) : $"of a '{CodeText.Readable(type)}' JSON writes or sets only a part";
        if (OfDerivedTypes(type) is { } obstacle)
            return obstacle;
        return type.IsAbstract ? null : OfObject(type);
    }

    private string? OfCollection(INamedTypeSymbol type)
    {
        if (JsonCollections.Obstacle(type) is { } obstacle)
            return obstacle;

        var content = JsonCollections.Content(type);
        if (content.Key is { } key && ObstacleOfKey(key) is { } keyObstacle)
            return keyObstacle;
        return Of(content.Item!);
    }

    private static string? ObstacleOfKey(ITypeSymbol key)
    {
        if (JsonConverters.AreOn(key))
            return JsonConverters.CannotWriteNames(key) ? $"'{CodeText.Readable(key)}' cannot be a key of a JSON object: its converter does not override WriteAsPropertyName and ReadAsPropertyName" : null;
        return IsValue(key) && !IsDocument(key) ? null : $"'{CodeText.Readable(key)}' cannot be a key of a JSON object";
    }

    // Which type to make is told by a discriminator, or not at all.
    private string? OfDerivedTypes(INamedTypeSymbol type)
    {
        var derived = JsonAttributes.All(type, "JsonDerivedTypeAttribute").ToArray();
        if (type.IsAbstract && derived.Length == 0)
            return $"'{CodeText.Readable(type)}' is abstract, and nothing says which type to make when it is read; name the derived types with [JsonDerivedType]";

        foreach (var attribute in derived)
        {
            if (attribute.ConstructorArguments.FirstOrDefault().Value is not INamedTypeSymbol { IsUnboundGenericType: false } derivedType)
                continue;
            if (attribute.ConstructorArguments.Length < 2)
                return $"nothing in the JSON says that a value is a '{CodeText.Readable(derivedType)}'; give its [JsonDerivedType] on '{CodeText.Readable(type)}' a discriminator";
            if (!SymbolEqualityComparer.Default.Equals(derivedType, type) && Of(derivedType) is { } obstacle)
                return obstacle;
        }

        return null;
    }

    private string? OfObject(INamedTypeSymbol type)
    {
        var name = CodeText.Readable(type);
        if (JsonView.SelfAndBases(type).FirstOrDefault(static declaring => FrameworkTypes.Contain(declaring) && declaring is not { Name: "Attribute" or "EventArgs" or "MarshalByRefObject" }) is { } unknown)
            return $"'{name}' is a '{CodeText.Readable(unknown)}', of which JSON writes or sets only a part";

        var view = JsonView.Of(type, _options);
        if (view.Constructor is not { } constructor)
            return $"'{name}' has no constructor to read it with; give it one without parameters, only one, or mark one with [JsonConstructor]";

        foreach (var parameter in constructor.Parameters)
        {
            if (ObstacleOf(parameter, view) is { } obstacle)
                return obstacle;
        }

        if (view.Members.GroupBy(static member => member.JsonName, StringComparer.Ordinal).FirstOrDefault(static same => same.Skip(1).Any()) is { } same)
            return $"'{name}' has two members that are \"{same.Key}\" in JSON, '{same.First().Symbol.Name}' and '{same.Last().Symbol.Name}'; rename one";
        if (Whole(view) is { } whole)
            return whole;

        foreach (var member in view.Members)
        {
            if (ObstacleOf(member, view) is { } obstacle)
                return $"'{name}.{member.Symbol.Name}' {obstacle}";
            if (view.IsRestored(member) && !JsonConverters.AreOn(member.Symbol) && !IsExtensionData(member) && Of(member.Type) is { } inner)
                return inner;
        }

        return HiddenState.Obstacle(view);
    }

    // Nothing can be read back into a value of which nothing is set.
    private static string? Whole(JsonView view)
    {
        var name = CodeText.Readable(view.Type);
        if (!view.Constructor!.Parameters.IsEmpty || view.Members.Any(view.IsRestored) || !HiddenState.CanBe(view.Type))
            return null;
        if (view.Members.Any(static member => member.IsWritten))
            return $"'{name}' has nothing that can be set when it is read; give it init accessors, or {(view.Type.IsValueType ? "mark a constructor with [JsonConstructor]" : "a constructor with parameters")}";
        return view.Members.Count == 0 ? $"nothing of a '{name}' is written; give it public properties, or a [JsonConverter]" : null;
    }

    private static string? ObstacleOf(IParameterSymbol parameter, JsonView view)
    {
        var name = CodeText.Readable(view.Type);
        if (parameter.RefKind != RefKind.None)
            return $"the constructor of '{name}' takes '{parameter.Name}' by reference, which JSON does not";

        var named = view.Members.Where(member => JsonView.IsNamed(member, parameter)).ToArray();
        if (Array.Exists(named, member => SymbolEqualityComparer.Default.Equals(member.Type, parameter.Type) && (member.IsWritten || member.Symbol is IPropertySymbol)))
            return null;
        if (named.Length > 0 && Array.TrueForAll(named, static member => member is { IsWritten: false, Symbol: IFieldSymbol }))
            return $"the constructor of '{name}' has a parameter '{parameter.Name}', and the field of that name is not written; make it a property, or mark it with [JsonInclude]";
        if (named.Length > 0)
            return $"the constructor of '{name}' has a parameter '{parameter.Name}' of another type than the property '{named[0].Symbol.Name}'; give both the same";
        return IsIgnored(parameter, view.Type)
            ? null
            : $"the constructor of '{name}' has a parameter '{parameter.Name}', and no public property of that name to read it from";
    }

    // Who ignores a property has said that it may be lost.
    private static bool IsIgnored(IParameterSymbol parameter, INamedTypeSymbol type) => JsonView.SelfAndBases(type)
        .SelectMany(static declaring => declaring.GetMembers())
        .Any(member => string.Equals(member.Name, parameter.Name, StringComparison.OrdinalIgnoreCase) && JsonAttributes.IgnoreCondition(member) == JsonAttributes.Ignored.Always);

    private string? ObstacleOf(JsonMember member, JsonView view)
    {
        var isRequired = member.Symbol is IPropertySymbol { IsRequired: true } || JsonAttributes.Has(member.Symbol, "JsonRequiredAttribute");
        var isRestored = view.IsRestored(member);
        var isMarked = JsonAttributes.Find(member.Symbol, "JsonIgnoreAttribute") is not null;
        var condition = isMarked ? JsonAttributes.IgnoreCondition(member.Symbol) : _options.IgnoreCondition;
        if (condition == JsonAttributes.Ignored.WhenNull && member.Type is { IsValueType: true, OriginalDefinition.SpecialType: not SpecialType.System_Nullable_T })
        {
            if (isMarked)
                return "is never null, and JSON refuses WhenWritingNull for it; say WhenWritingDefault";
            condition = JsonAttributes.Ignored.Never;
        }

        if (condition is JsonAttributes.Ignored.WhenWriting or JsonAttributes.Ignored.WhenReading)
            return $"is lost: its [JsonIgnore] keeps it from being {(condition == JsonAttributes.Ignored.WhenWriting ? "written" : "read")}";
        if (isRequired && condition != 0)
            return "is required when the value is read, and not always written; write it always, or take away what requires it";
        if (isRequired && !member.CanBeSet)
            return "is required when the value is read, and has no setter that JSON uses; give it one, or take away what requires it";
        if (condition != 0 && isRestored && InitialValues.Of(member, view) is not null)
            return "has an initial value, which takes the place of a null or default that is not written; drop it, or write the member always";
        if (IsExtensionData(member))
            return ObstacleOfExtensionData(member);
        if (view.IsFilled(member) && !JsonCollections.CanBeFilled(member, view))
            return "cannot be filled as [JsonObjectCreationHandling] says";
        if (JsonAttributes.Number(JsonAttributes.Find(member.Symbol, "JsonNumberHandlingAttribute") ?? JsonAttributes.Find(view.Type, "JsonNumberHandlingAttribute")) is { } numbers && (numbers & 3) == 2)
            return "is a number that is written as a string and not read from one; add AllowReadingFromString to its [JsonNumberHandling]";
        if (member is { IsWritten: false, Symbol: IFieldSymbol })
            return "is lost: fields are not written without [JsonInclude]";

        // A property that can only be set often passes on what another one holds; whether anything is lost shows in the state.
        if (!member.IsWritten)
            return member.Symbol is IPropertySymbol { GetMethod: null } ? null : $"is lost: {(member.Symbol is IPropertySymbol { SetMethod: null } ? "IgnoreReadOnlyProperties keeps it from being written" : "its getter is not public; mark it with [JsonInclude]")}";
        if (!isRestored && !member.IsComputed && !InitialValues.IsConstant(member) && !InitialValues.IsMadeByConstructor(member, view))
            return $"is lost: it cannot be set when the value is read; give it an init accessor, or a constructor parameter{(view.Type.IsValueType ? " and [JsonConstructor]" : "")}";
        if (!isRestored && member.Symbol is IPropertySymbol { SetMethod: not null })
            return "is lost: its setter is not public; mark it with [JsonInclude], or give it an init accessor";
        return JsonConverters.AreOn(member.Symbol) ? null : _writing.Obstacle(member);
    }

    private static bool IsExtensionData(JsonMember member) => JsonAttributes.Has(member.Symbol, "JsonExtensionDataAttribute");

    private static string? ObstacleOfExtensionData(JsonMember member)
    {
        if (!member.CanBeSet)
            return "is lost: extension data needs a setter";
        if (member.Type is INamedTypeSymbol { TypeArguments.Length: 2 } map)
            return map.TypeArguments[1].SpecialType == SpecialType.System_Object ? "comes back with JsonElements for its objects; make it a Dictionary<string, JsonElement>" : null;
        return "is written in a way that cannot be read; make it a Dictionary<string, JsonElement>";
    }

    private string? First(IEnumerable<ITypeSymbol> types) => types.Select(Of).FirstOrDefault(static obstacle => obstacle is not null);
}
