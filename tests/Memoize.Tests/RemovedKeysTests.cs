using System.Runtime.ExceptionServices;
using Xunit.Abstractions;

namespace Memoize.Tests;

/// <summary>What a store remembers of keys that left it.</summary>
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
        int seed = Environment.TickCount & 0xFFFFFF;
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        var removed = new RemovedKeys<int>(limit);
        var model = new List<(int Key, MissReason Reason, KeptFailure? Failure)>();

        for (int step = 0; step < 20_000; step++)
        {
            int key = random.Next(keys);
            switch (random.Next(10))
            {
                case < 3:
                    removed.Forget(key);
                    model.RemoveAll(known => known.Key == key);
                    break;

                case 3:
                    string? tag = random.Next(2) == 0 ? null : $"tag {random.Next(3)}";
                    removed.ForgetFailures(tag);
                    for (int i = 0; i < model.Count; i++)
                    {
                        if (model[i].Failure is { } forgotten && (tag is null || forgotten.Tags!.Contains(tag))) model[i] = (model[i].Key, MissReason.Invalidated, null);
                    }

                    break;

                default:
                    var reason = Reasons[random.Next(Reasons.Length)];
                    var failure = reason == MissReason.Unsuccessful ? new KeptFailure(ExceptionDispatchInfo.Capture(new TimeoutException()), 1, [$"tag {random.Next(3)}"]) : null;
                    bool isKnown = model.RemoveAll(known => known.Key == key) > 0;
                    if (isKnown || random.Next(2) == 0) removed.Remember(key, reason, failure);
                    else removed.Add(key, reason, failure);
                    model.Add((key, reason, failure));
                    if (model.Count > limit) model.RemoveAt(0);
                    break;
            }

            Assert.Equal(model.Count, removed.Count);
            int asked = random.Next(keys);
            var expected = model.Find(known => known.Key == asked);
            bool isRemembered = model.Exists(known => known.Key == asked);
            Assert.Equal((isRemembered, isRemembered ? expected.Reason : MissReason.NotFound), (removed.TryGetReason(asked, out var found), found));
            Assert.Same(expected.Failure, removed.FailureOf(asked));
        }
    }

    [Fact]
    public void Holds_on_to_no_key_that_it_has_forgotten()
    {
        var removed = new RemovedKeys<object>(limit: 4);
        var forgotten = Fill(removed);

        GC.Collect();

        Assert.DoesNotContain(forgotten, key => key.TryGetTarget(out _));
        Assert.Equal(3, removed.Count);
        GC.KeepAlive(removed);

        static List<WeakReference<object>> Fill(RemovedKeys<object> removed)
        {
            var keys = Enumerable.Range(0, 8).Select(_ => new object()).ToList();
            foreach (object key in keys) removed.Add(key, MissReason.Evicted);
            removed.Forget(keys[6]);
            return [.. keys.Where((_, i) => i is < 4 or 6).Select(key => new WeakReference<object>(key))];
        }
    }
}
