using System.Collections;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Memoize;

/// <summary>
/// What of a value System.Text.Json reads back as another type, or with another comparer, as its contracts tell: without
/// reflection, which trimmed and natively compiled programs lack. It is written the same both times, so its bytes do not show it.
/// </summary>
internal static class JsonRunTimeTypes
{
    /// <summary>The first loss; null if there is none that contracts tell.</summary>
    public static ValueDifference? LossOf(object? value, Type declared, JsonSerializerOptions options)
    {
        if (value is null || TryFind(declared, options) is not { } info || !IsOfJson(info.Converter)) return null;
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) return new("", "goes too deep to be compared with what comes back");

        var type = value.GetType();
        if (declared == typeof(object)) return type == typeof(JsonElement) ? null : Otherwise(type, typeof(JsonElement));

        if (info.PolymorphismOptions is { } polymorphism && polymorphism.DerivedTypes.Any(derived => derived.DerivedType == type))
        {
            info = TryFind(type, options) ?? info;
        }
        else if (info.Kind != JsonTypeInfoKind.None && !declared.IsInterface && type != (Nullable.GetUnderlyingType(declared) ?? declared))
        {
            return Otherwise(type, declared);
        }

        return info.Kind switch
        {
            JsonTypeInfoKind.Object => LossOfMembers(value, info, options),
            JsonTypeInfoKind.Dictionary when value is IDictionary map => HoldsCasesForEqual(map) ? OtherComparer : LossOfItems(map.Values, info, options),
            JsonTypeInfoKind.Enumerable when value is ISet<string> set && HoldsCasesForEqual(set) => OtherComparer,
            JsonTypeInfoKind.Enumerable => LossOfItems((IEnumerable)value, info, options),
            _ => null,
        };
    }

    private static ValueDifference OtherComparer => new("", "has a comparer of its own and comes back with another");

    private static ValueDifference Otherwise(Type written, Type read) => new("", $"is a '{ComparedType.NameOf(written)}' and comes back as a '{ComparedType.NameOf(read)}'");

    private static ValueDifference? LossOfMembers(object value, JsonTypeInfo info, JsonSerializerOptions options)
    {
        foreach (var member in info.Properties)
        {
            if (member is not { Get: { } get, CustomConverter: null, IsExtensionData: false } || (member.Set is null && member.AssociatedParameter is null)) continue;
            if (LossOf(get(value), member.PropertyType, options) is { } loss) return loss.Within("." + member.Name);
        }

        return null;
    }

    private static ValueDifference? LossOfItems(IEnumerable items, JsonTypeInfo info, JsonSerializerOptions options)
    {
        // Numbers and texts have one type.
        if (info.ElementType is not { } element || (TryFind(element, options)?.Kind == JsonTypeInfoKind.None && element != typeof(object))) return null;

        int index = 0;
        foreach (object? item in items)
        {
            if (LossOf(item, element, options) is { } loss) return loss.Within($"[{index}]");
            index++;
        }

        return null;
    }

    // Whom one finds in another case, too.
    private static bool HoldsCasesForEqual(IDictionary map) =>
        map.Keys.OfType<string>().Select(InAnotherCase).FirstOrDefault(static key => key is not null) is { } other && map.Contains(other) && !map.Keys.OfType<string>().Contains(other, StringComparer.Ordinal);

    private static bool HoldsCasesForEqual(ISet<string> set) =>
        set.Select(InAnotherCase).FirstOrDefault(static item => item is not null) is { } other && set.Contains(other) && !set.Contains(other, StringComparer.Ordinal);

    private static string? InAnotherCase(string text)
    {
        string other = text.ToUpperInvariant();
        if (other == text) other = text.ToLowerInvariant();
        return other == text ? null : other;
    }

    // A type that breaks the rules of System.Text.Json does no harm as long as its member is null.
    private static JsonTypeInfo? TryFind(Type type, JsonSerializerOptions options)
    {
        try
        {
            return options.TryGetTypeInfo(type, out var info) ? info : null;
        }
        catch (Exception failure) when (failure is InvalidOperationException or NotSupportedException)
        {
            return null;
        }
    }

    private static bool IsOfJson(JsonConverter converter) => converter.GetType().Assembly == typeof(JsonSerializer).Assembly;
}
