namespace Memoize;

/// <summary>
/// The methods of one memoizer by their definitions. Every call looks here for its method: definitions are static, so they must not
/// lead to a memoizer themselves, or the last one that ran a method would live as long as the program.
/// </summary>
/// <remarks>
/// A hash table with open addressing. Definitions are numbered as they are made, so those of one program rarely meet, and the first
/// place is nearly always the right one. Reads take no lock; writes come one at a time.
/// Invariants:
/// 1. The length is a power of two, and at least half of the places are free: every look ends.
/// 2. A method never moves within an array: growing and removing make a new one, which is whole before it is seen.
/// </remarks>
internal sealed class MethodTable
{
    private CachedMethod?[] _places = new CachedMethod?[8];
    private int _count;

    /// <summary>The methods there are now.</summary>
    public IEnumerable<CachedMethod> All => Volatile.Read(ref _places).OfType<CachedMethod>();

    /// <summary>The places as they are now. Who keeps them may miss what is added later, and has to ask then.</summary>
    public CachedMethod?[] Places => _places;

    /// <summary>The method of a definition; null if there is none yet.</summary>
    public CachedMethod? Find(object definition, int number)
    {
        var places = Volatile.Read(ref _places);
        for (int i = number; ; i++)
        {
            var method = Volatile.Read(ref places[i & (places.Length - 1)]);
            if (method is null || ReferenceEquals(method.Definition, definition)) return method;
        }
    }

    /// <summary>Adds a method whose definition has none yet. One at a time.</summary>
    public void Add(CachedMethod method)
    {
        if (++_count > _places.Length / 2) Fill(new CachedMethod?[_places.Length * 2], All);
        Put(_places, method);
    }

    /// <summary>Removes a method. One at a time.</summary>
    public void Remove(CachedMethod method)
    {
        CachedMethod[] others = [.. All.Where(other => other != method)];
        _count = others.Length;
        Fill(new CachedMethod?[_places.Length], others);
    }

    private void Fill(CachedMethod?[] places, IEnumerable<CachedMethod> methods)
    {
        foreach (var method in methods) Put(places, method);
        Volatile.Write(ref _places, places);
    }

    private static void Put(CachedMethod?[] places, CachedMethod method)
    {
        int i = method.Number;
        while (places[i & (places.Length - 1)] is not null) i++;
        Volatile.Write(ref places[i & (places.Length - 1)], method);
    }
}
