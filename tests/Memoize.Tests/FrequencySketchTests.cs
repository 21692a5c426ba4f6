namespace Memoize.Tests;

/// <summary>The frequency sketch: it never counts too little, forgets by halves, and grows without forgetting.</summary>
/// <remarks>Numbers in comments are those of the invariants of <see cref="FrequencySketch"/>.</remarks>
public sealed class FrequencySketchTests
{
    [Fact] // 1
    public void Estimates_are_never_too_low()
    {
        var sketch = new FrequencySketch(capacity: 1000, seed: 1);
        for (int hash = 0; hash < 1000; hash++) sketch.Add(hash * 7919, uses: hash % 8);

        Assert.All(Enumerable.Range(0, 1000), hash => Assert.InRange(sketch.Estimate(hash * 7919), hash % 8, FrequencySketch.MaxFrequency));
    }

    [Fact] // 1
    public void Most_estimates_are_exact()
    {
        var sketch = new FrequencySketch(capacity: 1000, seed: 1);
        for (int hash = 0; hash < 1000; hash++) sketch.Add(hash * 7919, uses: hash % 8);

        int exact = Enumerable.Range(0, 1000).Count(hash => sketch.Estimate(hash * 7919) == hash % 8);

        Assert.True(exact > 950, $"{exact} of 1000 are exact.");
    }

    [Fact] // 1
    public void Counts_stop_at_fifteen()
    {
        var sketch = new FrequencySketch(capacity: 100, seed: 1);
        for (int use = 0; use < 10; use++) sketch.Add(42, uses: 15);

        Assert.Equal(15, sketch.Estimate(42));
    }

    [Fact] // 2
    public void All_counts_are_halved_after_ten_additions_per_entry()
    {
        var sketch = new FrequencySketch(capacity: 1000, seed: 1);
        sketch.Add(42, uses: 12);
        for (int addition = 0; addition < 9_987; addition++) sketch.Add(-7, uses: 1);
        Assert.Equal(12, sketch.Estimate(42));

        for (int addition = 0; addition < 10; addition++) sketch.Add(-7, uses: 1);

        Assert.Equal(6, sketch.Estimate(42));
    }

    [Fact] // 3
    public void Growth_changes_no_estimate()
    {
        var sketch = new FrequencySketch(capacity: 8, seed: 1);
        for (int hash = 0; hash < 40; hash++) sketch.Add(hash * 7919);
        int[] before = [.. Enumerable.Range(0, 100).Select(hash => sketch.Estimate(hash * 7919))];

        sketch.EnsureCapacity(1000);

        Assert.Equal(before, Enumerable.Range(0, 100).Select(hash => sketch.Estimate(hash * 7919)));
    }

    [Fact] // 2, 3
    public void Growth_does_not_cut_a_halving_short()
    {
        var sketch = new FrequencySketch(capacity: 4096, seed: 1);
        for (int hash = 0; hash < 100; hash++) sketch.Add(hash * 7919, uses: 8);
        for (int addition = 0; addition < 40_960 - 800; addition++) sketch.Add(-7, uses: 1);

        sketch.EnsureCapacity(5000);

        Assert.All(Enumerable.Range(0, 100), hash => Assert.InRange(sketch.Estimate(hash * 7919), 4, 7));
    }
}
