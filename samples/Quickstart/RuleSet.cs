namespace Quickstart;

/// <summary>The rules of a folder, ready to be applied. Immutable, so one instance can be shared by all callers.</summary>
internal sealed class RuleSet
{
    private readonly ILookup<DefinitionKind, Rule> _byKind;

    public RuleSet(IReadOnlyCollection<Rule> rules)
    {
        if (rules.CountBy(rule => rule.Id, StringComparer.Ordinal).FirstOrDefault(id => id.Value > 1) is { Key: { } id })
            throw new InvalidRuleException($"{id}: more than one rule has this id; give each its own.");

        _byKind = rules
            .OrderBy(rule => rule.Id, StringComparer.Ordinal)
            .SelectMany(rule => rule.AppliesTo, (rule, kind) => (Rule: rule, Kind: kind))
            .ToLookup(pair => pair.Kind, pair => pair.Rule);
        Count = rules.Count;
    }

    public int Count { get; }

    /// <summary>The rules for one kind of definition, ordered by their ids.</summary>
    public IEnumerable<Rule> For(DefinitionKind kind) => _byKind[kind];
}
