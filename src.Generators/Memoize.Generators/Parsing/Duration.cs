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
