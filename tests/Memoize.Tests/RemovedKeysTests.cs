using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Xunit.Abstractions;

namespace Memoize.Tests;

/// <summary>What a store remembers of keys that left it, and of how the method failed.</summary>
public sealed class RemovedKeysTests(ITestOutputHelper output)
{
    private static readonly MissReason[] Reasons = [MissReason.Expired, MissReason.Evicted, MissReason.Invalidated, MissReason.Unsuccessful];

    [Theory]
    [InlineData(1, 3)]
    [InlineData(7, 20)]
    [InlineData(8, 9)]
    [InlineData(100, 150)]
    [InlineData(100, 2_000)]
    public void Knows_what_a_list_of_the_last_keys_knows(int limit, int keys)
    {
        var random = Seeded();
        var removed = new RemovedKeys(limit);
        var model = new List<(int Hash, MissReason Reason)>();
        for (int step = 0; step < 20_000; step++)
        {
            int hash = random.Next(keys);
            int known = model.FindIndex(item => item.Hash == hash);
            if (known >= 0) model.RemoveAt(known);
            if (random.Next(10) < 3)
            {
                removed.Forget(hash);
            }
            else
            {
                var reason = Reasons[random.Next(Reasons.Length)];
                removed.Remember(hash, reason);
                model.Add((hash, reason));
                if (model.Count > limit) model.RemoveAt(0);
            }

            Assert.Equal(model.Count, removed.Count);
            int asked = random.Next(keys);
            int found = model.FindIndex(item => item.Hash == asked);
            Assert.Equal((found >= 0, found >= 0 ? model[found].Reason : MissReason.NotFound), (removed.TryGetReason(asked, out var reasonFound), reasonFound));
        }
    }

    [Fact]
    public void Each_part_of_a_store_goes_on_with_its_share()
    {
        var whole = new RemovedKeys(limit: 1_000);
        for (int hash = 0; hash < 1_000; hash++) whole.Remember(hash, Reasons[hash % 3]);
        var parts = Enumerable.Range(0, 4).Select(_ => new RemovedKeys(limit: 200)).ToArray();

        whole.SplitInto(parts);

        // The newest of each part, as many as it remembers.
        for (int hash = 0; hash < 1_000; hash++)
        {
            bool isNew = hash >= 200;
            Assert.Equal((isNew, isNew ? Reasons[hash % 3] : MissReason.NotFound), (parts[hash % 4].TryGetReason(hash, out var reason), reason));
        }
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(10, 30)]
    public void Knows_the_failures_that_a_list_of_the_last_ones_knows(int limit, int keys)
    {
        var random = Seeded();
        var failures = new RememberedFailures<int>(limit);
        var model = new List<(int Key, KeptFailure Failure)>();
        for (int now = 0; now < 20_000; now++)
        {
            int key = random.Next(keys);
            switch (random.Next(8))
            {
                case 0:
                    Assert.Equal(model.RemoveAll(known => known.Key == key) > 0, failures.Forget(key));
                    break;

                case 1:
                    string? tag = random.Next(4) == 0 ? null : $"tag {random.Next(3)}";
                    var forgotten = model.FindAll(known => tag is null || known.Failure.Tags!.Contains(tag));
                    model.RemoveAll(forgotten.Contains);
                    Assert.Equal(forgotten.Select(known => known.Key).Order(), failures.ForgetAll(tag).Select(known => known.Key).Order());
                    break;

                default:
                    var failure = new KeptFailure(ExceptionDispatchInfo.Capture(new TimeoutException()), Until: now + 40, [$"tag {random.Next(3)}"]);
                    failures.Remember(key, failure, now);
                    model.RemoveAll(known => known.Key == key || known.Failure.Until <= now);
                    model.Add((key, failure));
                    if (model.Count > limit) model.RemoveAt(0);
                    break;
            }

            int asked = random.Next(keys);
            Assert.Same(model.Find(known => known.Key == asked).Failure is { } expected && expected.IsRememberedAt(now) ? expected : null, failures.Of(asked) is { } found && found.IsRememberedAt(now) ? found : null);
        }
    }

    [Theory]
    [InlineData("are over")]
    [InlineData("are cleared")]
    [InlineData("were forgotten for others")]
    public void Failures_hold_on_to_no_key_when_they(string what)
    {
        var failures = new RememberedFailures<object>(limit: what == "were forgotten for others" ? 1 : 100);
        var over = Fill(failures);
        LoseAll();
        GC.Collect();

        Assert.DoesNotContain(over, key => key.TryGetTarget(out _));
        GC.KeepAlive(failures);

        [MethodImpl(MethodImplOptions.NoInlining)]
        void LoseAll()
        {
            switch (what)
            {
                case "are over":
                    failures.ForgetWhatIsOver(now: 10);
                    break;

                case "are cleared":
                    Assert.Equal(8, failures.ForgetAll(tag: null).Count);
                    break;

                default:
                    failures.Remember(new object(), new KeptFailure(ExceptionDispatchInfo.Capture(new TimeoutException()), Until: 20, Tags: null), now: 0);
                    break;
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        static List<WeakReference<object>> Fill(RememberedFailures<object> failures)
        {
            var keys = Enumerable.Range(0, 8).Select(_ => new object()).ToList();
            foreach (object key in keys) failures.Remember(key, new KeptFailure(ExceptionDispatchInfo.Capture(new TimeoutException()), Until: 10, Tags: null), now: 0);
            return [.. keys.Select(key => new WeakReference<object>(key))];
        }
    }

    private Random Seeded()
    {
        int seed = Environment.TickCount & 0xFFFFFF;
        output.WriteLine($"Seed {seed}");
        return new Random(seed);
    }
}
