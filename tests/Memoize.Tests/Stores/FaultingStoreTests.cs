using Memoize.Testing;
using Xunit.Abstractions;

namespace Memoize.Tests;

/// <summary>The store that fails on command, while it does not.</summary>
public sealed class FaultingStoreTests(ITestOutputHelper output) : ClaimStoreContract(output)
{
    private InMemoryClaimStore? _inner;

    protected override IClaimStore CreateStore() => new FaultingStore(_inner = new InMemoryClaimStore(Time));

    protected override IClaimStore CreateSecondStore() => new FaultingStore(_inner!.OfAnotherProcess());
}

/// <summary>The store that fails on command, when it does.</summary>
public sealed class FaultTellingTests
{
    private static readonly StoreKey Key = new(new byte[StoreKey.Length]);

    private readonly InMemoryClaimStore _inner = new(new ManualTimeProvider());
    private readonly FaultingStore _store;

    public FaultTellingTests() => _store = new FaultingStore(_inner);

    private static StoredEntry Entry => new() { Key = Key, Method = "M", Content = new byte[] { 1 } };

    [Fact]
    public async Task It_records_every_call_by_name_and_number()
    {
        _store.Write(Entry);
        await _store.ReadAsync(Key);
        _store.Abandon(default);

        Assert.Equal(["Write", "Read", "Abandon"], _store.Operations);
        Assert.Equal("2 ReadAsync", $"{_store.Calls[1]}");
    }

    [Fact]
    public async Task It_fails_at_the_call_it_was_told_and_at_no_other()
    {
        _store.FailAt(2);

        _store.Write(Entry);
        var failure = await Assert.ThrowsAsync<IOException>(() => _store.RemoveAsync(Key).AsTask());
        Assert.True(_store.Remove(Key));

        Assert.Contains("call 2 RemoveAsync, before", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_fails_after_it_took_effect_has_taken_effect()
    {
        _store.FailOn("Write", FaultMoment.After);
        Assert.Throws<IOException>(() => _store.Write(Entry));
        Assert.NotNull(_inner.Read(Key).Entry);

        _store.Heal();
        _store.FailOn("Remove");
        Assert.Throws<IOException>(() => _store.Remove(Key));
        Assert.NotNull(_inner.Read(Key).Entry);
    }

    [Fact]
    public async Task It_fails_at_every_call_until_it_is_healed()
    {
        _store.FailAll();
        foreach (var call in (Func<Task>[])
            [
                () => Task.FromResult(_store.Read(Key)),
                () => _store.ReadAsync(Key).AsTask(),
                () => _store.WriteAsync(Entry).AsTask(),
                () => _store.RemoveByTagAsync("tag").AsTask(),
                () => _store.ClearAsync().AsTask(),
                () => _store.PruneAsync().AsTask(),
                () => _store.CountAsync().AsTask(),
                () => Task.FromResult(_store.Enumerate()),
                () => _store.EnumerateAsync().ToArrayAsync().AsTask(),
                () => _store.TryClaimAsync(new ClaimRequest { Key = Key, Method = "M" }).AsTask(),
                () => _store.RenewAsync(default).AsTask(),
                () => _store.CompleteAsync(default, Entry).AsTask(),
                () => _store.AbandonAsync(default).AsTask(),
                () => _store.WaitForChangeAsync(Key, 1, TimeSpan.Zero).AsTask(),
            ])
            await Assert.ThrowsAsync<IOException>(call);

        _store.Heal();
        Assert.Equal(0, _store.Count());
    }

    [Fact]
    public async Task A_held_call_goes_on_when_its_gate_opens()
    {
        var gate = _store.HoldOn("Write");

        var writing = _store.WriteAsync(Entry).AsTask();
        await gate.Reached;
        Assert.False(writing.IsCompleted);
        Assert.Equal(0, _store.Count());
        gate.Release();
        await writing;

        Assert.Equal(1, _store.Count());
    }

    [Fact]
    public async Task A_held_synchronous_call_holds_its_thread()
    {
        var gate = _store.HoldAt(1, FaultMoment.After);

        var writing = Task.Run(() => _store.Write(Entry));
        await gate.Reached;
        Assert.False(writing.IsCompleted);
        Assert.Equal(1, _store.Count());
        gate.Release();
        await writing;
    }
}
