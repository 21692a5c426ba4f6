using Xunit.Abstractions;

namespace Memoize.Tests;

/// <summary>The order of use: the oldest is always in front, however entries come, go and are ordered anew.</summary>
/// <remarks>Numbers in comments are those of the invariants of <see cref="RecencyOrder"/>.</remarks>
public sealed class RecencyOrderTests(ITestOutputHelper output)
{
    private readonly RecencyOrder _order = new(isWindow: true);
    private readonly List<PolicyNode> _model = [];

    [Fact]
    public void Entries_leave_in_the_order_in_which_they_came()
    {
        for (uint moment = 1; moment <= 100; moment++) Add(moment);

        Assert.All(_model, node => Assert.Equal(RecencyPart.Queue, node.Part)); // 1
        for (uint moment = 1; moment <= 100; moment++) Assert.Equal(moment, RemoveOldest().OrderedAt);
        Assert.Equal(0, _order.Count);
    }

    [Fact]
    public void An_entry_that_is_ordered_anew_leaves_later()
    {
        for (uint moment = 1; moment <= 100; moment++) Add(moment * 10);
        var used = _order.Oldest;

        _order.Reorder(used, 305);

        Assert.Equal(RecencyPart.Heap, used.Part); // 1
        Assert.Equal([.. Moments(2, 30), 305, .. Moments(31, 100)], Enumerable.Range(0, 100).Select(_ => (int)RemoveOldest().OrderedAt));

        static IEnumerable<int> Moments(int from, int to) => Enumerable.Range(from, to - from + 1).Select(step => step * 10);
    }

    [Fact]
    public void An_entry_that_comes_late_leaves_in_its_turn()
    {
        Add(10);
        Add(30);
        Add(20);
        _order.Verify();

        Assert.Equal([10, 20, 30], Enumerable.Range(0, 3).Select(_ => (int)RemoveOldest().OrderedAt));
    }

    [Fact]
    public void Moments_wrap_around()
    {
        uint moment = uint.MaxValue - 50;
        for (int step = 0; step < 100; step++) Add(moment++);
        _order.Verify();

        Assert.All(_model, node => Assert.Equal(RecencyPart.Queue, node.Part));
        moment = uint.MaxValue - 50;
        for (int step = 0; step < 100; step++) Assert.Equal(moment++, RemoveOldest().OrderedAt);
    }

    [Fact]
    public void Entries_that_come_and_go_behind_one_that_stays_take_no_more_room()
    {
        var stays = Add(1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var node = new Node(weight: 1);
        for (uint moment = 2; moment < 10_000; moment++)
        {
            node.OrderedAt = moment;
            _order.Add(node);
            _order.Remove(node);
        }

        // The ring stays as short as it is, and only closes its gaps.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000 * 16);
        Assert.Same(stays, _order.Oldest);
        _order.Verify();
    }

    [Theory] // 1, 2
    [InlineData(3)]
    [InlineData(40)]
    [InlineData(1_000)]
    public void The_oldest_is_in_front_after_any_operation(int size)
    {
        int seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        uint now = (uint)random.Next();
        for (int step = 0; step < 20_000; step++)
        {
            // No two moments are the same, so that the order is certain.
            now += 10;
            switch (random.Next(10))
            {
                case 0 when _model.Count > 0:
                    int gone = random.Next(_model.Count);
                    _order.Remove(_model[gone]);
                    _model.RemoveAt(gone);
                    break;

                case 1 or 2 when _model.Count > 0:
                    _order.Reorder(_order.Oldest, now);
                    break;

                case 3 when _model.Count > 0:
                    int replaced = random.Next(_model.Count);
                    var with = new Node(random.Next(10));
                    _order.Replace(_model[replaced], with);
                    Assert.Equal(RecencyPart.None, _model[replaced].Part);
                    _model[replaced] = with;
                    break;

                case 4:
                    Add(now - (uint)(10 * random.Next(20)) - (uint)random.Next(1, 10), random.Next(10));
                    break;

                default:
                    if (_model.Count >= size) RemoveOldest();
                    Add(now, random.Next(10));
                    break;
            }

            if (step % 100 == 0) _order.Verify();
            Assert.Equal(_model.Count, _order.Count);
            Assert.Equal(_model.Sum(node => node.Weight), _order.Weight);
            if (_model.Count > 0) Assert.Equal(0, _model.Max(node => (int)(_order.Oldest.OrderedAt - node.OrderedAt)));
        }

        // Also as it empties, and lets go of its room.
        for (; _model.Count > 0; _order.Verify()) Assert.True(_model.TrueForAll(RemoveOldest().IsNotNewerThan));
    }

    private Node Add(uint orderedAt, long weight = 1)
    {
        var node = new Node(weight) { OrderedAt = orderedAt };
        _order.Add(node);
        _model.Add(node);
        return node;
    }

    private Node RemoveOldest()
    {
        var oldest = (Node)_order.Oldest;
        _order.Remove(oldest);
        _model.Remove(oldest);
        return oldest;
    }

    private sealed class Node(long weight) : PolicyNode(hash: 0)
    {
        public override long Weight => weight;

        public bool IsNotNewerThan(PolicyNode other) => !RecencyOrder.IsOlder(other.OrderedAt, than: OrderedAt);
    }
}
