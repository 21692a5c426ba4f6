using Memoize.Testing;

namespace Memoize.Tests;

/// <summary>A cache without values around an <see cref="EvictionPolicy"/>, used as the memory store uses it.</summary>
internal sealed class ReplayedCache
{
    private readonly Dictionary<int, Node> _nodes = [];
    private readonly uint[] _moments = EvictionPolicy.NewMoments(partitions: 1);
    private readonly WindowAdvice _advice;
    private readonly uint _seed;

    public ReplayedCache(int capacity, long maxWeight = long.MaxValue, uint seed = 1)
    {
        _seed = seed;
        Room = new StoreRoom(capacity, maxWeight);
        _advice = new WindowAdvice(Room, seed);
        Policy = new EvictionPolicy(Room, _advice, seed, _moments);
    }

    public StoreRoom Room { get; }

    public EvictionPolicy Policy { get; }

    public IReadOnlyDictionary<int, Node> Nodes => _nodes;

    /// <summary>The share of a trace's uses that hit, from 0 to 1.</summary>
    public static double HitRatio(AccessTrace trace, int capacity, uint seed = 1)
    {
        var cache = new ReplayedCache(capacity, seed: seed);
        int hits = 0;
        foreach (int key in trace.Keys)
        {
            if (cache.Use(key)) hits++;
        }

        cache.Verify();
        return (double)hits / trace.Keys.Count;
    }

    /// <summary>Looks a key up, and puts it in if it is missing. Returns whether it was there.</summary>
    public bool Use(int key, long weight = 1)
    {
        if (_nodes.TryGetValue(key, out Node? node))
        {
            Hit(node);
            return true;
        }

        while (!Room.TryTake(1, weight)) EvictFor(newcomers: 1, weight);

        node = new Node(key, Hash(key), weight);
        _nodes.Add(key, node);
        Policy.Add(node);
        return false;
    }

    /// <summary>Gives a key a new value of another weight.</summary>
    public void Replace(int key, long weight)
    {
        var node = new Node(key, Hash(key), weight);
        long growth = weight - _nodes[key].Weight;
        Policy.Replace(_nodes[key], node);
        _nodes[key] = node;
        Room.GiveBack(0, -growth);
        while (_nodes.ContainsValue(node) && !Room.TryTake(0, growth)) EvictFor(newcomers: 0, weight: 0, grown: node, growth);
    }

    /// <summary>Marks a use, which takes no lock.</summary>
    public void Hit(Node node)
    {
        if (!EvictionPolicy.IsMarked(node, _moments)) EvictionPolicy.Mark(node, _moments, _advice);
    }

    public bool Remove(int key)
    {
        if (!_nodes.Remove(key, out Node? node)) return false;

        Room.GiveBack(1, node.Weight);
        return Policy.Remove(node);
    }

    /// <summary>Throws unless the policy is whole and has the same entries as the cache.</summary>
    public void Verify()
    {
        Policy.Verify(_nodes.Values);
        if (Policy.Count != Room.Count || Policy.Weight != Room.Weight) throw new InvalidOperationException("The policy has other entries than have taken room.");
        if (Room.Count > Room.Capacity || Room.Weight > Room.MaxWeight) throw new InvalidOperationException("There are more entries than there is room for.");
    }

    private void EvictFor(int newcomers, long weight, Node? grown = null, long growth = 0)
    {
        if (!Policy.TryEvict(newcomers, weight, out PolicyNode? victim)) throw new InvalidOperationException("Nobody can make room.");

        _nodes.Remove(((Node)victim).Key);
        Room.GiveBack(1, victim == grown ? victim.Weight - growth : victim.Weight);
    }

    // The seed decides the hashes too: nothing may depend on their luck.
    private int Hash(int key)
    {
        ulong mixed = (((ulong)_seed << 32) | (uint)key) * 0x9E37_79B9_7F4A_7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58_476D_1CE4_E5B9;
        return (int)((mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB >> 32);
    }

    internal sealed class Node(int key, int hash, long weight) : PolicyNode(hash)
    {
        public int Key => key;

        public override long Weight => weight;
    }
}
