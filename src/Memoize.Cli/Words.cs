using System.Globalization;

namespace Memoize.Cli;

/// <summary>Numbers and moments as people read them.</summary>
internal static class Words
{
    private static readonly string[] Units = ["KiB", "MiB", "GiB", "TiB"];

    public static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>12, 1,234,567.</summary>
    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>1 entry, 2 entries.</summary>
    public static string Entries(long count) => count == 1 ? "1 entry" : $"{Number(count)} entries";

    /// <summary>12 B, 3.4 MiB.</summary>
    public static string Size(long bytes)
    {
        if (bytes < 1024) return Invariant($"{bytes} B");

        double size = bytes / 1024.0;
        int unit = 0;
        for (; size >= 1024 && unit < Units.Length - 1; unit++) size /= 1024;
        return Invariant($"{size:F1} {Units[unit]}");
    }

    /// <summary>A moment in universal time, to the second; the same in every country.</summary>
    public static string Moment(DateTimeOffset moment) => moment == DateTimeOffset.MaxValue ? "never" : moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A moment, and how far it is from now.</summary>
    public static string Moment(DateTimeOffset moment, DateTimeOffset now)
    {
        if (moment == DateTimeOffset.MaxValue) return "never";

        string distance = Span((moment - now).Duration());
        return $"{Moment(moment)} ({(moment > now ? $"in {distance}" : $"{distance} ago")})";
    }

    /// <summary>3 s, 2 h 5 min, 12 d 3 h: the two units that matter.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 1 } => "less than a second",
        { TotalMinutes: < 1 } => Invariant($"{span.Seconds} s"),
        { TotalHours: < 1 } => Two(span.Minutes, "min", span.Seconds, "s"),
        { TotalDays: < 1 } => Two(span.Hours, "h", span.Minutes, "min"),
        _ => Two(span.Days, "d", span.Hours, "h"),
    };

    private static string Two(int first, string firstUnit, int second, string secondUnit) =>
        second == 0 ? Invariant($"{first} {firstUnit}") : Invariant($"{first} {firstUnit} {second} {secondUnit}");
}
