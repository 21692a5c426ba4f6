using Memoize.Generators.Parsing;

namespace Memoize.Generators.Tests;

/// <summary>The grammar of durations.</summary>
public sealed class DurationTexts
{
    [Theory]
    [InlineData("250ms", "00:00:00.250")]
    [InlineData("30s", "00:00:30")]
    [InlineData("5m", "00:05:00")]
    [InlineData("1h30m", "01:30:00")]
    [InlineData("2d", "2.00:00:00")]
    [InlineData("1d2h3m4s5ms", "1.02:03:04.005")]
    [InlineData("90s", "00:01:30")]
    [InlineData("00:05:00", "00:05:00")]
    [InlineData("1.00:00:00", "1.00:00:00")]
    [InlineData("00:00:00.0000001", "00:00:00.0000001")]
    public void Are_read(string text, string expected)
        => Assert.Equal(TimeSpan.ParseExact(expected, ["c"], null).Ticks, Duration.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("0s")]
    [InlineData("00:00:00")]
    [InlineData("-5m")]
    [InlineData("-00:05:00")]
    [InlineData("24:00:00")]
    [InlineData("5:00")]
    [InlineData("5 m")]
    [InlineData("5M")]
    [InlineData("5min")]
    [InlineData("m")]
    [InlineData("1.5h")]
    [InlineData("30m1h")]
    [InlineData("5m5m")]
    [InlineData("5m3")]
    [InlineData("99999999999d")]
    [InlineData("99999999999999999999s")]
    [InlineData("\u0665m")]
    public void Are_refused(string text) => Assert.Null(Duration.Parse(text));
}
