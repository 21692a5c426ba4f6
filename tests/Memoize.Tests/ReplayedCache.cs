using Memoize.Testing;

namespace Memoize.Tests;

/// <summary>A cache without values around an <see cref="EvictionPolicy"/>, used as the memory store uses it.</summary>
internal sealed class ReplayedCache(int capacity, long maxWeight = long.MaxValue, uint seed = 1)
{
    private readonly Dictionary<int, Node> _nodes = [];

    public EvictionPolicy Policy { get; } = new(capacity, maxWeight, seed);

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
            Policy.OnHit(node);
            return true;
        }

        while (Policy.TryMakeRoom(weight, out PolicyNode? victim)) Forget(victim);

        node = new Node(key, Hash(key), weight);
        _nodes.Add(key, node);
        Policy.Add(node);
        return false;
    }

    /// <summary>Gives a key a new value of another weight.</summary>
    public void Replace(int key, long weight)
    {
        var node = new Node(key, Hash(key), weight);
        Policy.Replace(_nodes[key], node);
        _nodes[key] = node;
        while (Policy.TryTrim(out PolicyNode? victim)) Forget(victim);
    }

    public bool Remove(int key) => _nodes.Remove(key, out Node? node) && Policy.Remove(node);

    /// <summary>Throws unless the policy is whole and has the same entries as the cache.</summary>
    public void Verify() => Policy.Verify(_nodes.Values);

    private void Forget(PolicyNode victim) => _nodes.Remove(((Node)victim).Key);

    // The seed decides the hashes too: nothing may depend on their luck.
    private int Hash(int key)
    {
        ulong mixed = (((ulong)seed << 32) | (uint)key) * 0x9E37_79B9_7F4A_7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58_476D_1CE4_E5B9;
        return (int)((mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB >> 32);
    }

    internal sealed class Node(int key, int hash, long weight) : PolicyNode(hash)
    {
        public int Key => key;

        public override long Weight => weight;
    }
}
