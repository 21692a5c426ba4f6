using Memoize.Testing;

namespace Memoize.Tests;

/// <summary>A store that fails is left alone for a while, and only in what it fails at.</summary>
public sealed class BackOffTests
{
    private const string Claim = nameof(IClaimStore.TryClaim);
    private const string Complete = nameof(IClaimStore.Complete);
    private const string Reading = nameof(ICacheStore.Read);

    private readonly SimulatedProcesses _processes = new();
    private readonly FaultingStore _store;
    private readonly CachedMethod<TextKey, string?> _method;

    public BackOffTests()
    {
        _store = new FaultingStore(_processes.Store.OfAnotherProcess());
        _method = _processes.Start(new() { Capacity = 1 }, options => options.Store = _store);
    }

    public static TheoryData<bool> Forms => [false, true];

    private Task<string?> Load(bool isAsync, string key, string value) =>
        isAsync ? _method.CallAsync(key, _ => Task.FromResult<string?>(value)) : Task.FromResult(_method.Call(key, _ => value));

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task What_a_locked_store_has_is_served(bool isAsync)
    {
        await Load(isAsync, "stored", "one");
        _store.FailOn(Claim);

        Assert.Equal("two", await Load(isAsync, "other", "two"));
        Assert.Equal("one", await Load(isAsync, "stored", "three"));

        Assert.Equal(1, _method.Statistics.StoreFailures);
    }

    [Theory]
    [InlineData(false, Reading)]
    [InlineData(true, Reading)]
    [InlineData(false, Claim)]
    [InlineData(true, Claim)]
    [InlineData(false, Complete)]
    [InlineData(true, Complete)]
    public async Task The_pauses_between_attempts_grow_whatever_else_succeeds(bool isAsync, string failing)
    {
        _store.FailOn(failing);

        // A minute of calls every 50 milliseconds.
        for (int call = 0; call < 1_200; call++)
        {
            Assert.Equal("value", await Load(isAsync, $"key{call}", "value"));
            _processes.Time.Advance(TimeSpan.FromMilliseconds(50));
        }

        // After 0.1 + 0.2 + 0.4 + … + 6.4 seconds, every ten.
        Assert.InRange(_method.Statistics.StoreFailures, 8, 14);
        Assert.Equal(_method.Statistics.StoreFailures, _store.Operations.Count(operation => operation == failing));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_store_that_recovers_is_used_again(bool isAsync)
    {
        _store.FailAll();
        await Load(isAsync, "key", "one");
        _store.Heal();
        await Load(isAsync, "at once", "one");
        Assert.Equal(0, _processes.Store.Count());

        _processes.Time.Advance(TimeSpan.FromMilliseconds(100));
        await Load(isAsync, "later", "one");

        Assert.Equal(1, _processes.Store.Count());
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_result_that_cannot_be_written_keeps_no_other_process_waiting(bool isAsync)
    {
        _store.FailOn(Complete);
        Assert.Equal("one", await Load(isAsync, "key", "one"));

        // It would wait for the lease to run out, and time stands still.
        Assert.Equal("two", await _processes.Start().CallAsync("key", _ => Task.FromResult<string?>("two")).WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System));
    }
}
