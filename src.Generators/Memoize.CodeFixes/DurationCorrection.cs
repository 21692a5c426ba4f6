using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Memoize.Generators.Parsing;

namespace Memoize.CodeFixes;

/// <summary>
/// Guesses what a duration was meant to be. Only where there is one plausible reading: <c>"10"</c> are ten seconds, but
/// <c>"5:00"</c> are five minutes to one reader and five hours to another.
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

    /// <summary>A text that <see cref="Duration.Parse"/> takes, or <see langword="null"/>.</summary>
    public static string? Of(string text)
    {
        var meant = text.Trim().ToLowerInvariant();
        var corrected = Regex.IsMatch(meant, "^[0-9]{1,9}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
            ? meant.TrimStart('0') + "s"
            : Write(ReadClock(meant) ?? ReadParts(meant) ?? 0);
        return Duration.Parse(corrected) is null ? null : corrected;
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
        while (position < text.Length)
        {
            var part = Part.Match(text, position);
            var unit = part.Success ? Array.Find(Units, unit => unit.Names.Contains(part.Groups["unit"].Value, StringComparer.Ordinal)) : default;
            if (unit.Suffix is null)
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
