using Memoize;
using Quickstart;
using Quickstart.Measuring;

const int Threads = 4;
const int AsyncCallers = 200;

// Without the cache every async caller reads all files; at most this many may do so at a time, which keeps the run
// below the limit of open files of every operating system. The cached callers need no limit.
const int PlainAtOnce = 16;

string folder = Path.Combine(AppContext.BaseDirectory, "rules");
int files = RuleCatalog.RuleFiles(folder).Count;
IReadOnlyList<Definition> definitions = Definition.ReadAll(Path.Combine(AppContext.BaseDirectory, "definitions.json"));
Report report = new(Report.Console());
Expectations expectations = new();

// A rehearsal with a memoizer of its own: none of the runs that are shown pays for the JIT or a cold disk.
try
{
    using Memoizer rehearsal = new();
    await MeasureAsync(rehearsal);
}
catch (InvalidRuleException exception)
{
    report.Problem(exception.Message);
    return 1;
}

using Memoizer memoizer = new();
var (plainThreads, cachedThreads, plainAsync, cachedAsync) = await MeasureAsync(memoizer);

report.Heading($"{Threads} threads ask for the rules at the same moment ({files} files; all runs were rehearsed once)");
report.Comparison(plainThreads, cachedThreads);

report.Heading($"{AsyncCallers} async callers (without the cache {PlainAtOnce} at a time, with it all at once)");
report.Comparison(plainAsync, cachedAsync);

RuleSet rules = cachedAsync.Results[0];
IReadOnlyList<Finding> findings = RuleCatalog.Apply(rules, definitions);
report.Heading($"{rules.Count} rules applied to {definitions.Count} definitions: {Count(Severity.Error)} errors, {Count(Severity.Warning)} warnings, {Count(Severity.Info)} remarks");
report.Findings([.. findings.Where(finding => finding.Severity == Severity.Error)]);

RuleCatalog catalog = new(memoizer, static _ => { });
MethodStatistics loadRules = catalog.LoadRulesCache.Statistics;
MethodStatistics getRules = catalog.GetRulesCache.Statistics;
report.Heading("Statistics of the cached methods");
report.Statistics(loadRules, getRules);

IReadOnlyList<string> generated = GeneratedFiles.FromHere();
report.Heading(generated.Count == 0 ? "The generated files are not on this machine; build the project to get them" : "The code that did this, as the generator wrote it");
foreach (string file in generated)
{
    // Not through the table writer, which would break a long path in two.
    Console.WriteLine(file);
}

expectations.ExpectLoads(plainThreads, Threads, files);
expectations.ExpectLoads(cachedThreads, 1, files);
expectations.ExpectLoads(plainAsync, AsyncCallers, files);
expectations.ExpectLoads(cachedAsync, 1, files);
expectations.ExpectOneComputation(loadRules, Threads);
expectations.ExpectOneComputation(getRules, AsyncCallers);
expectations.Expect("rules in the cached set", files, rules.Count);
expectations.Expect("findings that the plain rules have as well", findings.Count, findings.Intersect(RuleCatalog.Apply(plainThreads.Results[0], definitions)).Count());
report.Verdict(expectations);
return expectations.Broken.Count == 0 ? 0 : 1;

async Task<(Measurement PlainThreads, Measurement CachedThreads, Measurement PlainAsync, Measurement CachedAsync)> MeasureAsync(Memoizer memoizer)
{
    Callers callers = new(memoizer);
    return (
        callers.OnThreads("LoadRules", Threads, catalog => catalog.LoadRules(folder)),
        callers.OnThreads("LoadRulesCached", Threads, catalog => catalog.LoadRulesCached(folder)),
        await callers.AtOneGateAsync("GetRulesCoreAsync", AsyncCallers, PlainAtOnce, catalog => catalog.GetRulesCoreAsync(folder, CancellationToken.None)),
        await callers.AtOneGateAsync("GetRulesAsync", AsyncCallers, AsyncCallers, catalog => catalog.GetRulesAsync(folder)));
}

int Count(Severity severity) => findings.Count(finding => finding.Severity == severity);
