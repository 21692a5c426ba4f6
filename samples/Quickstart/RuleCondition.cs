using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Quickstart;

/// <summary>Limits a rule to the definitions that have a field with a matching value.</summary>
internal sealed class RuleCondition
{
    public required string Field { get; init; }

    [JsonConverter(typeof(PatternJsonConverter))]
    public required Regex Pattern { get; init; }

    public bool Holds(Definition definition) =>
        definition.Fields.TryGetValue(Field, out string? value) && Pattern.IsMatch(value);
}
