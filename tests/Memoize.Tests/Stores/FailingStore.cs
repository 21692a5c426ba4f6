using System.Collections.Concurrent;
using System.Reflection;

namespace Memoize.Tests;

/// <summary>A store some of whose operations fail, for as long as they are told to. It counts what it is asked for.</summary>
public class FailingStore : DispatchProxy
{
    private readonly ConcurrentDictionary<string, int> _calls = new();
    private IClaimStore _store = null!;

    /// <summary>The operations that fail, by their names without <c>Async</c>.</summary>
    public string[] Failing { get; set; } = [];

    public static (IClaimStore Store, FailingStore Faults) Over(IClaimStore store)
    {
        var failing = Create<IClaimStore, FailingStore>();
        var faults = (FailingStore)(object)failing;
        faults._store = store;
        return (failing, faults);
    }

    public int CallsOf(string operation) => _calls.GetValueOrDefault(operation);

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        string operation = targetMethod!.Name.EndsWith("Async", StringComparison.Ordinal) ? targetMethod.Name[..^5] : targetMethod.Name;
        _calls.AddOrUpdate(operation, 1, static (_, count) => count + 1);
        if (Failing.Contains(operation)) throw new CacheStoreException($"{operation} fails.");

        return targetMethod.Invoke(_store, args);
    }
}
