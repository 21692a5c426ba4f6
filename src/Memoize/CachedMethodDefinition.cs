using System.Runtime.CompilerServices;

namespace Memoize;

/// <summary>
/// What is fixed about a cached method, whichever memoizer runs it: its name, key type, result type and policy.
/// Generated code holds one in a static field for each cached method.
/// </summary>
/// <typeparam name="TKey">The type of the key. It compares by value.</typeparam>
/// <typeparam name="TValue">The type of the results.</typeparam>
/// <param name="name">The method with its type and parameter types, for statistics and messages.</param>
/// <param name="policy">The options of the method.</param>
/// <param name="storedForm">How keys and results are told apart in stores; <see langword="null"/> if a store cannot keep them.</param>
/// <remarks>Thread-safe.</remarks>
public sealed class CachedMethodDefinition<TKey, TValue>(string name, CachePolicy<TValue> policy, StoredForm<TKey>? storedForm = null)
    where TKey : notnull
{
    // For methods whose instances share nothing. The table holds what belongs to an object for as long as the object lives.
    private readonly ConditionalWeakTable<object, CachedMethod<TKey, TValue>> _ofInstances = [];

    /// <summary>Where the <see cref="MethodTable"/> looks first.</summary>
    internal int Number { get; } = DefinitionNumbers.Next();

    /// <summary>The method with its type and parameter types.</summary>
    public string Name { get; } = name;

    /// <summary>The options of the method.</summary>
    public CachePolicy<TValue> Policy { get; } = policy;

    /// <summary>How keys and results are told apart in stores; <see langword="null"/> if a store cannot keep them.</summary>
    public StoredForm<TKey>? StoredForm { get; } = storedForm;

    /// <summary>The method as <paramref name="memoizer"/> runs it; made at the first call.</summary>
    /// <exception cref="ArgumentException">An option of the policy cannot work.</exception>
    /// <exception cref="ObjectDisposedException">The memoizer is disposed.</exception>
    public CachedMethod<TKey, TValue> For(Memoizer memoizer)
    {
        var method = memoizer?.MethodAt(Number);
        return ReferenceEquals(method?.Definition, this) ? Unsafe.As<CachedMethod<TKey, TValue>>(method) : Find(memoizer!);
    }

    /// <summary>
    /// The method as <paramref name="memoizer"/> runs it for one object, which shares its entries with no other
    /// (<see cref="CacheScope.Instance"/>); made at the object's first call and freed with the object.
    /// </summary>
    /// <inheritdoc cref="For(Memoizer)" path="/exception"/>
    public CachedMethod<TKey, TValue> For(Memoizer memoizer, object instance) =>
        _ofInstances.TryGetValue(instance, out var method) && ReferenceEquals(method.Memoizer, memoizer) ? method : Find(memoizer, instance);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private CachedMethod<TKey, TValue> Find(Memoizer memoizer)
    {
        ArgumentNullException.ThrowIfNull(memoizer);
        return memoizer.GetOrAdd(this);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private CachedMethod<TKey, TValue> Find(Memoizer memoizer, object instance)
    {
        ArgumentNullException.ThrowIfNull(memoizer);
        lock (_ofInstances)
        {
            if (_ofInstances.TryGetValue(instance, out var method) && ReferenceEquals(method.Memoizer, memoizer)) return method;

            method = memoizer.AddForInstance(this);
            _ofInstances.AddOrUpdate(instance, method);
            return method;
        }
    }
}

/// <summary>Numbers the definitions of the process.</summary>
internal static class DefinitionNumbers
{
    private static int _last;

    public static int Next() => Interlocked.Increment(ref _last);
}
