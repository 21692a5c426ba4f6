namespace Memoize.Tests;

/// <summary>The advice on the window: it follows what the sample shows, but not at first sight.</summary>
public sealed class WindowAdvisorTests
{
    private const int Entries = 512;
    private const int Period = Entries * 3 / 2;

    private readonly WindowAdvisor _advisor = new(Entries, seed: 1);
    private readonly Random _random = new(1);
    private int _uses;

    [Fact]
    public void Recency_widens_the_window_at_the_second_decision_at_the_earliest()
    {
        // The shadows are full before the first decision, and what they hit is recent.
        for (; _uses < Entries; _uses++) _advisor.Use(_uses);
        int wide = UsesUntil(95, use => use - (int)(-300 * Math.Log(1 - _random.NextDouble())));

        // The first decision has seen too little, the second sees a leader, the third the same one.
        Assert.InRange(wide, 3 * Period, 10 * Period);
    }

    [Fact]
    public void A_loop_that_does_not_fit_narrows_the_window_again()
    {
        UsesUntil(95, use => use - (int)(-300 * Math.Log(1 - _random.NextDouble())));
        int before = _uses;

        int narrow = UsesUntil(1, use => -(use % (2 * Entries)));

        Assert.InRange(narrow - before, Period, 40 * Period);
    }

    [Theory]
    [InlineData(8, 0)]
    [InlineData(1_024, 0)]
    [InlineData(1_025, 1)]
    [InlineData(10_000, 15)]
    [InlineData(int.MaxValue, (1 << 21) - 1)]
    public void Large_caches_are_sampled_so_that_the_shadows_stay_small(int entries, int mask)
    {
        Assert.Equal(mask, new WindowAdvisor(entries, seed: 1).SampleMask);
    }

    private int UsesUntil(int percent, Func<int, int> hashAt)
    {
        while (_advisor.WindowPercent != percent)
        {
            Assert.True(++_uses < 1_000_000, $"The window stays at {_advisor.WindowPercent} %.");
            _advisor.Use(hashAt(_uses) * 0x2545_F491);
        }

        return _uses;
    }
}
