using System.Globalization;
using System.Reflection;
using System.Text;
using BenchmarkDotNet.Attributes;

namespace Memoize.Benchmarks.Measuring;

/// <summary>The benchmarks of a class, measured in turns (<see cref="Rounds"/>), as a Markdown table.</summary>
internal static class TurnsTable
{
    /// <summary>A Markdown table of all benchmarks of a class, each a method that takes nothing and returns an int.</summary>
    /// <param name="rounds">How many turns each gets.</param>
    /// <param name="prepare">What each turn needs first, and is not measured.</param>
    public static string Text<TBenchmarks>(int rounds, Action<TBenchmarks>? prepare = null)
        where TBenchmarks : class, new()
    {
        var benchmarks = new TBenchmarks();
        Contender[] contenders =
        [
            .. from method in typeof(TBenchmarks).GetMethods()
               let attribute = method.GetCustomAttribute<BenchmarkAttribute>()
               where attribute is not null
               orderby attribute.SourceCodeLineNumber
               select new Contender(attribute.Description!, attribute.OperationsPerInvoke, method.CreateDelegate<Func<int>>(benchmarks))
               {
                   Prepare = prepare is null ? null : () => prepare(benchmarks),
               },
        ];

        var table = new StringBuilder();
        table.AppendLine("| call | ns | bytes |");
        table.AppendLine("| --- | ---: | ---: |");
        foreach (var (contender, measured) in contenders.Zip(Rounds.Measure(rounds, contenders)))
            table.AppendLine(CultureInfo.InvariantCulture, $"| {contender.Name} | {measured.Nanoseconds:0.0} | {measured.Bytes:0} |");

        return table.ToString();
    }
}
