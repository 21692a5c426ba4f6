using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Memoize.Generators.Parsing;

namespace Memoize.CodeFixes;

/// <summary>
/// Finds what a duration can have been meant to be. Where there is one reading, it can be written without asking; <c>"10"</c> can be
/// seconds or minutes, and <c>"24:00:00"</c> a day, or the 24 days that <c>TimeSpan.Parse</c> makes of it.
/// </summary>
internal static class DurationCorrection
{
    private static readonly (string Suffix, long Ticks, string[] Names)[] Units =
    [
        ("d", TimeSpan.TicksPerDay, ["d", "day", "days"]),
        ("h", TimeSpan.TicksPerHour, ["h", "hr", "hrs", "hour", "hours"]),
        ("m", TimeSpan.TicksPerMinute, ["m", "min", "mins", "minute", "minutes"]),
        ("s", TimeSpan.TicksPerSecond, ["s", "sec", "secs", "second", "seconds"]),
        ("ms", TimeSpan.TicksPerMillisecond, ["ms", "msec", "msecs", "millisecond", "milliseconds"]),
    ];

    private static readonly Regex Part = new(
        @"\G(?<count>[0-9]{1,9}(?:\.[0-9]{1,6})?)\s*(?<unit>[a-z]+)[\s,]*", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));

    private static readonly Regex Clock = new(
        "^(?<hours>[0-9]{1,6}):(?<minutes>[0-9]{2}):(?<seconds>[0-9]{2})$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));

    private static readonly Regex Number = new("^[0-9]{1,9}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));

    private static readonly Regex CapitalM = new("^(?<count>[0-9]{1,6})M$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));

    /// <summary>The one thing that a text can have meant, as <see cref="Duration.Parse"/> takes it; <see langword="null"/> if there is none, or more.</summary>
    public static string? Of(string text) => Readings(text) is { Count: 1 } readings ? readings[0] : null;

    /// <summary>All that a text can have meant, as <see cref="Duration.Parse"/> takes it.</summary>
    public static IReadOnlyList<string> Readings(string text) => Candidates(text.Trim())
        .Where(static reading => Duration.Parse(reading) is not null)
        .Distinct(StringComparer.Ordinal)
        .ToArray();

    private static IEnumerable<string> Candidates(string text)
    {
        if (Number.IsMatch(text))
            return "smhd".Select(unit => text.TrimStart('0') + unit);
        if (CapitalM.Match(text) is { Success: true } minutesOrMonths)
            return [text.ToLowerInvariant(), Write(long.Parse(minutesOrMonths.Groups["count"].Value, CultureInfo.InvariantCulture) * 30 * TimeSpan.TicksPerDay)];

        var meant = text.ToLowerInvariant();
        return ReadClock(meant) is { } hours
            ? [Write(hours), Write(TimeSpan.TryParse(meant, CultureInfo.InvariantCulture, out var parsed) ? parsed.Ticks : hours)]
            : [Write(ReadParts(meant) ?? 0)];
    }

    private static long? ReadClock(string text)
    {
        return Clock.Match(text) is { Success: true } match
            ? (Number("hours") * TimeSpan.TicksPerHour) + (Number("minutes") * TimeSpan.TicksPerMinute) + (Number("seconds") * TimeSpan.TicksPerSecond)
            : null;

        long Number(string group) => long.Parse(match.Groups[group].Value, NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private static long? ReadParts(string text)
    {
        var total = 0L;
        var position = 0;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (position < text.Length)
        {
            var part = Part.Match(text, position);
            var unit = part.Success ? Array.Find(Units, unit => unit.Names.Contains(part.Groups["unit"].Value, StringComparer.Ordinal)) : default;
            if (unit.Suffix is null || !seen.Add(unit.Suffix))
                return null;

            total += (long)(decimal.Parse(part.Groups["count"].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) * unit.Ticks);
            position += part.Length;
        }

        return total;
    }

    // In the largest units that fit: 24:00:00 is a day.
    private static string Write(long ticks)
    {
        var text = new StringBuilder();
        foreach (var (suffix, unit, _) in Units)
        {
            if (ticks >= unit)
                text.Append(ticks / unit).Append(suffix);
            ticks %= unit;
        }

        return text.ToString();
    }
}
