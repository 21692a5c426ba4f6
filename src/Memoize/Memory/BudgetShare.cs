namespace Memoize;

/// <summary>
/// What one method keeps of what all methods of its memoizer may keep together. It outlives the method, so that it can be given back
/// when the object is collected that the method belongs to (<see cref="CacheScope.Instance"/>).
/// </summary>
internal sealed class BudgetShare(MemoryBudget budget)
{
    private long _entries;
    private long _size;

    public void Add(long entries, long size)
    {
        Interlocked.Add(ref _entries, entries);
        if (size != 0) Interlocked.Add(ref _size, size);
        budget.Add(entries, size);
    }

    /// <summary>Counts out what the method kept. It is gone, and with it whoever could add to the share.</summary>
    public void GiveBack() => budget.Add(-Interlocked.Exchange(ref _entries, 0), -Interlocked.Exchange(ref _size, 0));

    /// <inheritdoc cref="MemoryBudget.Enforce"/>
    public void Enforce() => budget.Enforce();
}
