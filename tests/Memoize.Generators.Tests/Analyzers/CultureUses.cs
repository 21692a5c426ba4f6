namespace Memoize.Generators.Tests.Analyzers;

/// <summary>MEMO041: what formats, reads, compares or sorts by the current culture, and what does not.</summary>
public sealed class CultureUses
{
    private const string Known = """
        namespace Microsoft.Extensions.Localization
        {
            public interface IStringLocalizer { string this[string name] { get; } }
            public static class Extensions { public static string GetString(this IStringLocalizer localizer, string name) => localizer[name]; }
        }
        public enum Color { Red }
        public record Price(decimal Amount);
        public record Order(int Count);
        public record Written(decimal Amount) { public override string ToString() => "written"; }
        """;

    [Theory]
    // Numbers, dates and times as text
    [InlineData("m.ToString()")]
    [InlineData("m.ToString(\"R\")")]
    [InlineData("m.ToString((IFormatProvider?)null)")]
    [InlineData("m.ToString(\"N\", null)")]
    [InlineData("nm.ToString()")]
    [InlineData("d.ToString(\"N2\")")]
    [InlineData("((float)d).ToString()")]
    [InlineData("Half.One.ToString()")]
    [InlineData("t.ToString()")]
    [InlineData("t.ToString(\"d\")")]
    [InlineData("t.ToString(\"yyyy-MM-dd\")")]
    [InlineData("t.ToString(s)")]
    [InlineData("new DateTimeOffset(t).ToString()")]
    [InlineData("DateOnly.FromDateTime(t).{|}ToString(){|}")]
    [InlineData("TimeOnly.MinValue.ToString()")]
    [InlineData("TimeSpan.Zero.ToString(\"g\")")]
    [InlineData("i.ToString(\"N0\")")]
    [InlineData("i.ToString(\"#,##0\")")]
    [InlineData("new System.Numerics.Complex(1, 2).ToString()")]
    [InlineData("new Price(m).ToString()")]
    [InlineData("(1, m).ToString()")]
    [InlineData("new { m }.ToString()")]
    [InlineData("FormattableString.CurrentCulture($\"{m}\")")]
    [InlineData("((FormattableString)$\"{m}\").ToString()")]
    // Interpolation and concatenation
    [InlineData("$\"a{|}{m}{|}\"")]
    [InlineData("$\"a{|}{m:N2}{|}\"")]
    [InlineData("$\"{s}{i}{|}{d,10:F1}{|}{m}\"")]
    [InlineData("$\"{i}{|}{i:P0}{|}\"")]
    [InlineData("$\"{s}{|}{nm}{|}\"")]
    [InlineData("$\"{|}{new Price(m)}{|}\"")]
    [InlineData("$\"{i}\" + $\"{|}{m}{|}\"")]
    [InlineData("(object)$\"{|}{m}{|}\"")]
    [InlineData("string.Create(null, $\"{|}{m}{|}\")")]
    [InlineData("new StringBuilder().Append($\"{|}{m}{|}\")")]
    [InlineData("\"\" + {|}m{|}")]
    [InlineData("{|}m{|} + \"\"")]
    [InlineData("i + s + {|}t{|} + i")]
    [InlineData("s += {|}m{|}")]
    [InlineData("string.Format(\"{0}\", m)")]
    [InlineData("string.Format(\"{0}{1}{2}{3}\", s, s, s, m)")]
    [InlineData("string.Format(\"{0:N0}\", i)")]
    [InlineData("string.Format(null, \"{0}\", m)")]
    [InlineData("string.Concat(s, m)")]
    [InlineData("string.Join(';', new[] { 1.5, d })")]
    [InlineData("string.Join(';', new List<decimal>())")]
    [InlineData("new StringBuilder().Append(m)")]
    [InlineData("new StringBuilder().AppendFormat(\"{0}\", m)")]
    [InlineData("Convert.ToString(m)")]
    [InlineData("Convert.ToString((object)t)")]
    // Text as numbers, dates and times
    [InlineData("decimal.Parse(s)")]
    [InlineData("double.TryParse(s, out _)")]
    [InlineData("double.Parse(s, null)")]
    [InlineData("DateTime.Parse(s)")]
    [InlineData("DateTime.ParseExact(s, \"d\", null)")]
    [InlineData("DateOnly.Parse(s)")]
    [InlineData("int.Parse(s, NumberStyles.AllowThousands)")]
    [InlineData("Convert.ToDouble(s)")]
    [InlineData("Convert.ToDateTime(s)")]
    [InlineData("Convert.ChangeType(s, typeof(decimal))")]
    [InlineData("new[] { s }.Select({|}decimal.Parse{|})")]
    [InlineData("new[] { s }.Select({|}Convert.ToDouble{|})")]
    [InlineData("new System.ComponentModel.DecimalConverter().ConvertFromString(s)")]
    // Case, comparison and order
    [InlineData("s.ToUpper()")]
    [InlineData("s.ToLower()")]
    [InlineData("char.ToUpper('i')")]
    [InlineData("string.Compare(s, \"b\")")]
    [InlineData("string.Compare(s, \"b\", true)")]
    [InlineData("s.CompareTo(\"b\")")]
    [InlineData("s.StartsWith(\"b\")")]
    [InlineData("s.EndsWith(\"b\", true, null)")]
    [InlineData("s.IndexOf(\"b\")")]
    [InlineData("s.LastIndexOf(\"b\", 1)")]
    [InlineData("s.StartsWith(\"b\", {|}StringComparison.CurrentCulture{|})")]
    [InlineData("s.Equals(\"b\", {|}StringComparison.CurrentCultureIgnoreCase{|})")]
    [InlineData("new HashSet<string>({|}StringComparer.CurrentCulture{|})")]
    [InlineData("{|}Comparer<string>.Default{|}.Compare(s, s)")]
    [InlineData("new[] { s }.OrderBy(x => x)")]
    [InlineData("new[] { 1 }.OrderBy(x => x).{|}ThenByDescending(x => s){|}")]
    [InlineData("new[] { s }.Order()")]
    [InlineData("new[] { s }.Order(null)")]
    [InlineData("new[] { (1, s) }.Order()")]
    [InlineData("new[] { s }.Max()")]
    [InlineData("new[] { 1 }.MinBy(x => s)")]
    [InlineData("from x in new[] { s } orderby {|}x{|} select x.Length")]
    [InlineData("new SortedDictionary<string, int>()")]
    [InlineData("new SortedSet<string>()")]
    [InlineData("new[] { s }.ToImmutableSortedSet()")]
    // Resources
    [InlineData("resources.GetString(s)")]
    [InlineData("{|}localizer[s]{|}")]
    [InlineData("localizer.GetString(s)")]
    public async Task Is_reported(string expression)
    {
        var marked = expression.Contains("{|}", StringComparison.Ordinal) ? Mark(expression) : $"{{|MEMO041:{expression}|}}";
        await Analysis.MustReportAsync(Program(marked));
    }

    [Theory]
    [InlineData("i.ToString() + i + $\"{i}{i:D4}{i:X}\" + string.Format(\"{0:D2}\", i) + (-i)")]
    [InlineData("int.Parse(s) + int.Parse(s, NumberStyles.HexNumber)")]
    [InlineData("m.ToString(CultureInfo.InvariantCulture) + m.ToString(\"N2\", NumberFormatInfo.InvariantInfo) + m.ToString(culture)")]
    [InlineData("t.ToString(\"O\") + $\"{t:O}{t:R}{t:s}{t:u}\"")]
    [InlineData("Guid.Empty.ToString() + true.ToString() + Color.Red + 'c' + $\"{Color.Red}{Guid.Empty}{true}\"")]
    [InlineData("TimeSpan.Zero.ToString() + TimeSpan.Zero.ToString(\"c\") + $\"{TimeSpan.Zero}{TimeSpan.Zero:hh\\\\:mm}\"")]
    [InlineData("string.Create(CultureInfo.InvariantCulture, $\"{m}\") + string.Create(culture, $\"{m}\" + $\"{t}\")")]
    [InlineData("FormattableString.Invariant($\"{m}\")")]
    [InlineData("new StringBuilder().Append(CultureInfo.InvariantCulture, $\"{m}\").Append(i).Append(s)")]
    [InlineData("string.Format(CultureInfo.InvariantCulture, \"{0}\", m) + Convert.ToString(m, CultureInfo.InvariantCulture)")]
    [InlineData("decimal.Parse(s, CultureInfo.InvariantCulture) + decimal.Parse(s, NumberStyles.Any, culture)")]
    [InlineData("Convert.ToInt32(s) + Convert.ToInt32(m) + Convert.ToDouble(i)")]
    [InlineData("s.ToUpperInvariant() + s.ToLower(CultureInfo.InvariantCulture) + char.ToUpperInvariant('i')")]
    [InlineData("s == \"b\" || s.Equals(\"b\") || s.Contains(\"b\") || s.StartsWith('b') || s.StartsWith(\"b\", StringComparison.Ordinal) || s.IndexOf('b') > s.IndexOf(\"b\", StringComparison.Ordinal)")]
    [InlineData("string.Equals(s, \"b\") ? s.Replace(\"a\", \"b\") : s.Trim()")]
    [InlineData("string.Compare(s, \"b\", StringComparison.Ordinal) + string.CompareOrdinal(s, \"b\")")]
    [InlineData("new[] { s }.OrderBy(x => x, StringComparer.Ordinal).ThenBy(x => x.Length).Order(StringComparer.Ordinal)")]
    [InlineData("new[] { 1 }.Order().Max() + new[] { s }.Distinct().Count()")]
    [InlineData("new SortedDictionary<string, int>(StringComparer.Ordinal).Count + new SortedDictionary<int, string>().Count + new Dictionary<string, int>().Count")]
    [InlineData("new[] { s }.AsQueryable().Where(x => x.StartsWith(\"a\") && x.ToLower() == s).OrderBy(x => x).Count()")]
    [InlineData("new Order(1).ToString() + new Written(m) + (1, 2)")]
    [InlineData("resources.GetString(s, culture) ?? string.Join(',', new[] { 1, 2 })")]
    [InlineData("m > 1 ? s : throw new ArgumentException($\"{m} is too little.\")")]
    [InlineData("nameof(Convert.ToDouble) + System.Text.Json.JsonSerializer.Serialize(m)")]
    public async Task Is_not_reported(string expression) => await Analysis.MustReportAsync(Program(expression));

    [Fact]
    public async Task What_is_only_logged_or_thrown_is_in_no_result() => await Analysis.MustReportAsync("""
        using Microsoft.Extensions.Logging;
        public partial class C(ILogger logger, Action<string> log)
        {
            [CachedResponse("5m")]
            public int Get(decimal m, DateTime t)
            {
                if (m < 0)
                    throw new ArgumentOutOfRangeException(nameof(m), Describe(m));
                logger.LogInformation($"Computing {m}.");
                log($"Computing {m}.");
                var text = t.ToString();
                logger.LogInformation("{Text}", text);
                Console.WriteLine("At " + t);
                System.Diagnostics.Debug.Assert(m > 0, $"{m}");
                Note(m.ToString());
                return Shown(m).Length;
            }

            private static string Describe(decimal m) => $"{m} is too little.";
            private void Note(string text) => logger.LogInformation("{Text}", text);
            private static string Shown(decimal m) => {|MEMO041:m.ToString()|};
        }
        """);

    [Fact]
    public async Task The_message_says_what_to_write_instead()
    {
        var messages = await Analysis.MustReportAsync("""
            public partial class C
            {
                [CachedResponse("5m")] public static string Format(decimal m) => $"{|MEMO041:{m:N2}|}";
                [CachedResponse("5m")] public static decimal Read(string s) => {|MEMO041:decimal.Parse(s)|};
                [CachedResponse("5m")] public static string[] {|MEMO032:|}Sort(string s) => [.. new[] { s }.Where(x => x.Length > 1).{|MEMO041:OrderBy(x => x)|}];
            }
            """.Replace("string[] {|MEMO032:|}", "{|MEMO032:string[]|} ", StringComparison.Ordinal));
        Assert.Equal("'{m:N2}' in 'Format' depends on the current culture, which is not in the key: later callers get it in that of the first one; use string.Create(CultureInfo.InvariantCulture, $\"…\"), or take a CultureInfo as a parameter", messages[0]);
        Assert.Contains("pass CultureInfo.InvariantCulture, or", messages[1], StringComparison.Ordinal);
        Assert.Contains("pass StringComparer.Ordinal, or", messages[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_project_with_one_culture_only_is_left_alone()
        => Assert.Empty(await Analysis.OfAsync(Consumer.Project(Analysis.Usings, Program("m.ToString()")), [Analysis.InvariantGlobalization]));

    // "{|}m{|}" marks a part; the id is the same for all.
    private static string Mark(string expression)
    {
        var parts = expression.Split("{|}");
        return $"{parts[0]}{{|MEMO041:{parts[1]}|}}{parts[2]}";
    }

    private static string Program(string expression) => $$"""
        using System.Globalization;
        using System.Text;
        using Microsoft.Extensions.Localization;
        public partial class C(System.Resources.ResourceManager resources, IStringLocalizer localizer)
        {
            [CachedResponse("5m")]
            public object Get(decimal m, decimal? nm, double d, DateTime t, int i, string s, CultureInfo culture) => {{expression}};
        }

        """ + Known;
}
