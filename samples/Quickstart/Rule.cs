using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Quickstart;

/// <summary>One rule of the catalogue, read from one file: a pattern that a field of certain definitions must (not) match.</summary>
internal sealed class Rule
{
    public required string Id { get; init; }

    public required string Title { get; init; }

    public required Severity Severity { get; init; }

    public required IReadOnlyList<DefinitionKind> AppliesTo { get; init; }

    /// <summary>The rule is for definitions that meet this condition; without one, for all.</summary>
    public RuleCondition? When { get; init; }

    /// <summary>The field of the definition that is checked.</summary>
    public required string Field { get; init; }

    /// <summary>Whether a definition without the field breaks the rule.</summary>
    public bool Required { get; init; }

    [JsonConverter(typeof(PatternJsonConverter))]
    public required Regex Pattern { get; init; }

    public RuleMode Mode { get; init; }

    /// <summary>What to do about a finding, and why.</summary>
    public required string Message { get; init; }

    public required IReadOnlyList<string> Good { get; init; }

    public required IReadOnlyList<string> Bad { get; init; }

    /// <summary>Reads a rule and checks it against its own examples.</summary>
    /// <param name="file">The name of the file, for messages.</param>
    /// <param name="json">What the file holds.</param>
    /// <exception cref="InvalidRuleException">The file is not a rule, or one of its examples proves the pattern wrong.</exception>
    public static Rule Parse(string file, string json)
    {
        Rule rule;
        try
        {
            rule = JsonSerializer.Deserialize(json, CatalogJson.Default.Rule)
                ?? throw new InvalidRuleException($"{file}: the file holds null instead of a rule.");
        }
        catch (JsonException exception)
        {
            throw new InvalidRuleException($"{file}: {exception.Message}", exception);
        }

        rule.VerifyExamples(file);
        return rule;
    }

    /// <summary>The finding of this rule on a definition of a kind it applies to, or null if there is nothing to find.</summary>
    public Finding? Check(Definition definition)
    {
        if (When is not null && !When.Holds(definition)) return null;

        bool isGood = definition.Fields.TryGetValue(Field, out string? value) ? Accepts(value) : !Required;
        return isGood ? null : new Finding(Id, Title, Severity, definition.Id, Field, value, Message);
    }

    private bool Accepts(string value) => Pattern.IsMatch(value) == (Mode == RuleMode.MustMatch);

    private void VerifyExamples(string file)
    {
        if (Good.Count == 0 || Bad.Count == 0)
            throw new InvalidRuleException($"{file}: a rule needs a good and a bad example.");
        if (Good.FirstOrDefault(example => !Accepts(example)) is { } rejected)
            throw new InvalidRuleException($"{file}: the good example '{rejected}' breaks the rule; change the example or the pattern '{Pattern}'.");
        if (Bad.FirstOrDefault(Accepts) is { } accepted)
            throw new InvalidRuleException($"{file}: the bad example '{accepted}' passes the rule; change the example or the pattern '{Pattern}'.");
    }
}
