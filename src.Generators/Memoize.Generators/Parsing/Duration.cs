using System.Globalization;

namespace Memoize.Generators.Parsing;

/// <summary>
/// Reads durations: <c>"250ms"</c>, <c>"30s"</c>, <c>"5m"</c>, <c>"1h30m"</c>, <c>"2d"</c> or <c>"00:05:00"</c>.
/// Bare numbers are refused because <see cref="TimeSpan.Parse(string)"/> takes <c>"10"</c> for ten days.
/// </summary>
internal static class Duration
{
    private static readonly (string Suffix, long Ticks)[] Units =
    [
        ("d", TimeSpan.TicksPerDay),
        ("h", TimeSpan.TicksPerHour),
        ("m", TimeSpan.TicksPerMinute),
        ("s", TimeSpan.TicksPerSecond),
        ("ms", TimeSpan.TicksPerMillisecond),
    ];

    // The format "c" itself takes "5:00" for five hours.
    private static readonly string[] ConstantFormats =
    [
        @"hh\:mm\:ss", @"hh\:mm\:ss\.FFFFFFF", @"d\.hh\:mm\:ss", @"d\.hh\:mm\:ss\.FFFFFFF",
    ];

    /// <summary>Reads a positive duration.</summary>
    /// <returns>The ticks, or <see langword="null"/> when the text is not a duration or not positive.</returns>
    public static long? Parse(string text)
    {
        var ticks = text.Contains(':') ? ParseConstantFormat(text) : ParseUnits(text);
        return ticks > 0 ? ticks : null;
    }

    /// <summary>What to write instead of a text that is not a positive duration.</summary>
    public static string Advice(string text)
    {
        const string Examples = "\"250ms\", \"30s\", \"5m\", \"1h30m\", \"2d\" or \"00:05:00\"";

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)
            return $"a number needs a unit, write \"{text}s\", \"{text}m\", \"{text}h\" or \"{text}d\"";
        if (text.StartsWith("-", StringComparison.Ordinal))
            return $"it must be longer than zero, write for example {Examples}";
        if (text.Contains(':') && OutOfClock(text) is { } meant)
            return $"hours end at 23 and minutes and seconds at 59, write \"{meant}\"";
        if (text.Contains(':'))
            return "it must be hours, minutes and seconds with two digits each, write for example \"00:05:00\" or \"5m\"";
        if (text.ToLowerInvariant() is var lower && lower != text && Parse(lower) is not null)
            return $"units are small letters, write \"{lower}\"";
        if (text.Replace(" ", "") is var dense && dense != text && Parse(dense) is not null)
            return $"there are no blanks in it, write \"{dense}\"";
        if (text.IndexOf('.') >= 0)
            return "fractions are written in the next smaller unit, write for example \"1h30m\" or \"1500ms\"";
        return text.Length == 0 || ParseUnits(text) is not null
            ? $"it must be longer than zero, leave the option out or write for example {Examples}"
            : $"units go from days down to milliseconds, each at most once, write for example {Examples}";
    }

    // "24:00:00" is refused by the format, and read as 24 days by others.
    private static string? OutOfClock(string text)
    {
        var parts = text.Split(':');
        if (parts.Length != 3
            || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var hours)
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var minutes)
            || !long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || hours + minutes + seconds > 1_000_000
            || (hours < 24 && minutes < 60 && seconds < 60))
        {
            return null;
        }

        return InUnits((hours * TimeSpan.TicksPerHour) + (minutes * TimeSpan.TicksPerMinute) + (seconds * TimeSpan.TicksPerSecond));
    }

    private static string InUnits(long ticks)
    {
        var text = "";
        foreach (var (suffix, unit) in Units)
        {
            if (ticks / unit > 0)
                text += (ticks / unit).ToString(CultureInfo.InvariantCulture) + suffix;
            ticks %= unit;
        }

        return text;
    }

    private static long? ParseConstantFormat(string text)
        => TimeSpan.TryParseExact(text, ConstantFormats, CultureInfo.InvariantCulture, out var duration) ? duration.Ticks : null;

    // Each unit at most once, from days down: "30m1h" and "5m5m" are slips rather than durations.
    private static long? ParseUnits(string text)
    {
        var total = 0L;
        var position = 0;
        var nextUnit = 0;
        while (position < text.Length)
        {
            var digits = position;
            while (position < text.Length && text[position] is >= '0' and <= '9')
                position++;
            var letters = position;
            while (position < text.Length && text[position] is >= 'a' and <= 'z')
                position++;

            var suffix = text.Substring(letters, position - letters);
            var unit = Array.FindIndex(Units, candidate => candidate.Suffix == suffix);
            if (unit < nextUnit
                || !long.TryParse(text.Substring(digits, letters - digits), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                || count > (TimeSpan.MaxValue.Ticks - total) / Units[unit].Ticks)
            {
                return null;
            }

            total += count * Units[unit].Ticks;
            nextUnit = unit + 1;
        }

        return nextUnit == 0 ? null : total;
    }
}
