using System.Diagnostics;
using System.Globalization;
using Memoize;

namespace Quickstart;

/// <summary>
/// Loads the rules of a folder and applies them. Loading reads, parses and verifies every file, so it is the part
/// that should happen once, however many callers need the rules at the same moment.
/// </summary>
/// <param name="memoizer">Runs the cached methods: the generated code finds it by its type. Without one it would be <see cref="Memoizer.Default"/>.</param>
/// <param name="log">Gets a line for every load.</param>
internal sealed partial class RuleCatalog(Memoizer memoizer, Action<string> log)
{
    private int _filesRead;
    private int _loads;

    /// <summary>How many files this catalogue has read.</summary>
    public int FilesRead => Volatile.Read(ref _filesRead);

    /// <summary>How often this catalogue has loaded a folder.</summary>
    public int Loads => Volatile.Read(ref _loads);

    /// <summary>An ordinary method: the generator adds <c>LoadRulesCached(folder)</c> beside it, and this one stays as it is.</summary>
    [CachedResponse]
    internal RuleSet LoadRules(string folder)
    {
        long started = BeginLoad();
        List<Rule> rules = [];
        foreach (string file in RuleFiles(folder))
        {
            string json = File.ReadAllText(file);
            Interlocked.Increment(ref _filesRead);
            rules.Add(Rule.Parse(Path.GetFileName(file), json));
        }

        EndLoad(started, rules);
        return new RuleSet(rules);
    }

    /// <summary>A partial method: the generator implements it over <see cref="GetRulesCoreAsync"/>.</summary>
    [CachedResponse("5m")]
    public partial Task<RuleSet> GetRulesAsync(string folder, CancellationToken cancellationToken = default);

    /// <summary>Usually private; here the comparison calls it to show what happens without the cache.</summary>
    internal async Task<RuleSet> GetRulesCoreAsync(string folder, CancellationToken cancellationToken)
    {
        long started = BeginLoad();
        List<Rule> rules = [];
        foreach (string file in RuleFiles(folder))
        {
            string json = await File.ReadAllTextAsync(file, cancellationToken);
            Interlocked.Increment(ref _filesRead);
            rules.Add(Rule.Parse(Path.GetFileName(file), json));
        }

        EndLoad(started, rules);
        return new RuleSet(rules);
    }

    /// <summary>What the rules find in the definitions, in the order of the definitions.</summary>
    public static IReadOnlyList<Finding> Apply(RuleSet rules, IEnumerable<Definition> definitions) =>
        [.. from definition in definitions
            from rule in rules.For(definition.Kind)
            let finding = rule.Check(definition)
            where finding is not null
            select finding];

    /// <summary>The rule files of a folder, in an order that does not depend on the file system.</summary>
    public static IReadOnlyList<string> RuleFiles(string folder)
    {
        string[] files = Directory.GetFiles(folder, "*.json");
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    private long BeginLoad()
    {
        Interlocked.Increment(ref _loads);
        return Stopwatch.GetTimestamp();
    }

    private void EndLoad(long started, List<Rule> rules) =>
        log(string.Create(CultureInfo.InvariantCulture, $"loading {rules.Count} rules took {Stopwatch.GetElapsedTime(started).TotalMilliseconds:F1} ms"));
}
