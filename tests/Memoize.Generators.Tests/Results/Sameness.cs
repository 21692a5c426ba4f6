using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Memoize.Generators.Tests.Results;

/// <summary>
/// Whether two values are the same to the last bit of their fields. It is stricter than anybody's equality, and knows nothing of
/// how the library compares.
/// </summary>
internal sealed class Sameness
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private readonly HashSet<(object, object)> _met = [];

    /// <summary>Where the second differs from the first; null if it does nowhere.</summary>
    public static string? Difference(object? one, object? other, Type declared) => new Sameness().Difference(one, other, declared, declared.Name);

    private string? Difference(object? one, object? other, Type declared, string path)
    {
        if (one is null || other is null) return one == other ? null : path;

        var type = one.GetType();
        bool isSequence = one is IEnumerable and not string and not JsonNode;
        if (type != other.GetType())
        {
            // Behind an interface of the framework nobody was promised a class.
            bool isInterchangeable = declared.IsInterface && isSequence && IsOfFramework(declared) && (IsOfFramework(type) || !AddsToOneOfFramework(type));
            if (!isInterchangeable && one is not JsonNode) return $"{path} is a {type.Name}, then a {other.GetType().Name}";
        }

        switch (one)
        {
            case double number: return BitConverter.DoubleToInt64Bits(number) == BitConverter.DoubleToInt64Bits((double)other) ? null : path;
            case float number: return BitConverter.SingleToInt32Bits(number) == BitConverter.SingleToInt32Bits((float)other) ? null : path;
            case decimal number: return decimal.GetBits(number).SequenceEqual(decimal.GetBits((decimal)other)) ? null : path;
            case string text: return string.Equals(text, (string)other, StringComparison.Ordinal) ? null : path;
            case Uri uri: return string.Equals(uri.OriginalString, ((Uri)other).OriginalString, StringComparison.Ordinal) ? null : path;
            case JsonElement element: return string.Equals(element.GetRawText(), ((JsonElement)other).GetRawText(), StringComparison.Ordinal) ? null : path;
            case JsonNode node: return string.Equals(node.ToJsonString(), ((JsonNode)other).ToJsonString(), StringComparison.Ordinal) ? null : path;
            case Type or Delegate: return one.Equals(other) ? null : path;
            case Lock: return null;
        }

        if (type == typeof(object)) return null;
        if (type.IsPrimitive || type.IsEnum) return one.Equals(other) ? null : path;
        if (!type.IsValueType && !_met.Add((one, other))) return null;
        if (type.IsGenericType && type.Name is "Memory`1" or "ReadOnlyMemory`1")
            return Difference(type.GetMethod("ToArray")!.Invoke(one, null), type.GetMethod("ToArray")!.Invoke(other, null), typeof(Array), path);

        string? items = isSequence ? DifferenceOfItems((IEnumerable)one, (IEnumerable)other, path) : null;
        return items ?? DifferenceOfFields(one, other, isSequence, path);
    }

    private string? DifferenceOfItems(IEnumerable one, IEnumerable other, string path)
    {
        if (!string.Equals(ComparersOf(one), ComparersOf(other), StringComparison.Ordinal)) return $"{path}'s comparer";

        var item = one.GetType().GetInterfaces().FirstOrDefault(static candidate => candidate.IsGenericType && candidate.GetGenericTypeDefinition() == typeof(IEnumerable<>))?.GenericTypeArguments[0] ?? typeof(object);
        List<object?> before = [.. one.Cast<object?>()];
        List<object?> after = [.. other.Cast<object?>()];
        if (before.Count != after.Count) return $"{path}'s count";

        bool isOrdered = !(one.GetType().Name is var name && (name.Contains("HashSet", StringComparison.Ordinal) || name is "Dictionary`2" or "ConcurrentDictionary`2" or "ImmutableDictionary`2"));
        if (!isOrdered)
        {
            foreach (object? element in before)
            {
                int place = after.FindIndex(candidate => new Sameness().Difference(element, candidate, item, path) is null);
                if (place < 0) return $"{path}'s {element}";
                after.RemoveAt(place);
            }

            return null;
        }

        return before.Select((element, index) => Difference(element, after[index], item, $"{path}[{index}]")).FirstOrDefault(static difference => difference is not null);
    }

    private string? DifferenceOfFields(object one, object other, bool isSequence, string path)
    {
        Observe(one);
        Observe(other);
        for (var declaring = one.GetType(); declaring is not null && declaring != typeof(object); declaring = declaring.BaseType)
        {
            // Of the framework's collections the items have been compared.
            if (isSequence && IsOfFramework(declaring)) return null;

            foreach (var field in declaring.GetFields(Own).Where(field => !IsIgnored(field, declaring)))
            {
                if (Difference(field.GetValue(one), field.GetValue(other), field.FieldType, $"{path}.{field.Name}") is { } difference) return difference;
            }
        }

        return null;
    }

    // What a getter keeps for the next time is there before anybody can look.
    private static void Observe(object value)
    {
        foreach (var property in value.GetType().GetProperties().Where(static property => property.CanRead && property.GetIndexParameters().Length == 0 && !property.PropertyType.IsByRefLike && !property.PropertyType.IsByRef))
        {
            try
            {
                property.GetValue(value);
            }
            catch (TargetInvocationException)
            {
                // It throws for whoever looks.
            }
        }
    }

    // Who says so gives it up.
    private static bool IsIgnored(FieldInfo field, Type declaring)
    {
        MemberInfo? owner = field.Name.StartsWith('<') ? declaring.GetProperty(field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)], Own) : field;
        return owner?.GetCustomAttribute<JsonIgnoreAttribute>() is { Condition: JsonIgnoreCondition.Always };
    }

    private static string ComparersOf(object collection) => string.Join(
        ' ',
        new[] { "Comparer", "KeyComparer", "ValueComparer" }
            .Select(name => collection.GetType().GetProperty(name)?.GetValue(collection))
            .Select(static comparer => comparer is null || comparer.Equals(StringComparer.Ordinal) || comparer.GetType().FullName!.StartsWith("System.Collections.Generic.", StringComparison.Ordinal) ? "-" : $"{comparer} {comparer.GetHashCode()}"));

    // One that has nowhere else to keep its items keeps them in its fields.
    private static bool AddsToOneOfFramework(Type type)
    {
        bool adds = false;
        for (var declaring = type; declaring is not null && declaring != typeof(object); declaring = declaring.BaseType)
        {
            if (IsOfFramework(declaring)) return adds;
            adds |= declaring.GetFields(Own).Length > 0;
        }

        return false;
    }

    private static bool IsOfFramework(Type type) => type.IsArray || type.Assembly.GetName().Name!.StartsWith("System.", StringComparison.Ordinal);
}
