using System.Buffers.Binary;
using System.Text;
using Memoize.Testing;
using Xunit.Abstractions;

namespace Memoize.Tests;

/// <summary>
/// The contract of stores with claims, held against those that a memoizer makes over a store without. What another process is to
/// other stores is another memoizer here.
/// </summary>
[Without(StoreFeature.RemovedReasons, "A plain store remembers nothing of entries that left.")]
[Without(StoreFeature.Revisions, "A plain store counts no writes; the same entry written again has the same revision.")]
[Without(StoreFeature.Leases, "A claim ends with its process, and needs no lease.")]
[Without(StoreFeature.CompletingAgain, "It would take memory for every key that was ever computed, and nobody completes twice.")]
public sealed class ProcessClaimsContractTests(ITestOutputHelper output) : ClaimStoreContract(output)
{
    private InMemoryCacheStore? _store;

    protected override IClaimStore CreateStore() => ProcessClaims.Over(_store = new InMemoryCacheStore(Time));

    protected override IClaimStore CreateSecondStore() => ProcessClaims.Over(_store!);
}

/// <summary>What the contract leaves open: how claims over a store without them go with what that store is doing, and with its failures.</summary>
public sealed class ProcessClaimsTests
{
    private const string Method = "M";

    private static readonly StoreKey Key = new(new byte[StoreKey.Length]);

    private readonly InMemoryClaimStore _entries = new();
    private readonly FaultingStore _store;
    private readonly IClaimStore _claims;

    public ProcessClaimsTests()
    {
        _store = new FaultingStore(_entries);
        _claims = ProcessClaims.Over(new DelegatingStore(_store));
    }

    public static TheoryData<CallForm> Forms => [CallForm.Synchronous, CallForm.Asynchronous];

    public static TheoryData<CallForm, string> FormsAndInvalidations => new()
    {
        { CallForm.Synchronous, nameof(StoreCalls.Remove) },
        { CallForm.Synchronous, nameof(StoreCalls.RemoveByTag) },
        { CallForm.Synchronous, nameof(StoreCalls.Clear) },
        { CallForm.Asynchronous, nameof(StoreCalls.Remove) },
        { CallForm.Asynchronous, nameof(StoreCalls.RemoveByTag) },
        { CallForm.Asynchronous, nameof(StoreCalls.Clear) },
    };

    private static ClaimRequest Request(bool takeOver = false) => new() { Key = Key, Method = Method, Tags = ["tag"], TakeOver = takeOver };

    private static StoredEntry Entry(string value) => new() { Key = Key, Method = Method, Content = Encoding.UTF8.GetBytes(value), Tags = ["tag"] };

    private string? StoredValue => _entries.Read(Key).Entry is { } entry ? Encoding.UTF8.GetString(entry.Content.Span) : null;

    private StoreCalls Open(CallForm form) => new(_claims, form);

    [Fact]
    public void All_memoizers_of_the_process_share_the_claims_of_a_store()
    {
        var plain = new InMemoryCacheStore();

        Assert.Same(ProcessClaims.Over(plain), ProcessClaims.Over(plain));
        Assert.NotSame(ProcessClaims.Over(plain), ProcessClaims.Over(plain.OfAnotherProcess()));
        Assert.Same(_entries, ProcessClaims.Over(_entries));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_claim_lasts_until_it_ends_and_is_renewed_by_nobody(CallForm form)
    {
        var claims = Open(form);
        var claim = await Win(claims);

        Assert.Equal(Timeout.InfiniteTimeSpan, _claims.LeaseDuration);
        Assert.Equal(ClaimResult.Pending(claim.Token, DateTimeOffset.MaxValue), await claims.TryClaim(Request()));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Waiting_lasts_no_longer_than_it_may(CallForm form)
    {
        var claims = Open(form);
        var claim = await Win(claims);

        await claims.WaitForChange(Key, claim.Token, TimeSpan.Zero).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.True(await claims.Renew(claim));
    }

    // Invariant 2
    [Theory]
    [MemberData(nameof(FormsAndInvalidations))]
    public async Task An_invalidation_waits_for_the_result_that_is_being_written_and_removes_it(CallForm form, string operation)
    {
        var claims = Open(form);
        var claim = await Win(claims);
        var write = _store.HoldOn(nameof(_store.Write));
        var completing = Task.Run(() => claims.Complete(claim, Entry("begun before")));
        await write.Reached;

        var invalidating = BeginToWait(() => Invalidate(claims, operation));

        Assert.DoesNotContain(operation, _store.Operations);
        write.Release();
        Assert.False(await completing);
        await invalidating;
        Assert.Null(StoredValue);
    }

    // Invariants 2 and 4
    [Theory]
    [MemberData(nameof(FormsAndInvalidations))]
    public async Task An_invalidation_waits_for_the_value_that_is_being_set_and_removes_it(CallForm form, string operation)
    {
        var claims = Open(form);
        var write = _store.HoldOn(nameof(_store.Write));
        var setting = Task.Run(() => claims.Write(Entry("set before")));
        await write.Reached;

        var invalidating = BeginToWait(() => Invalidate(claims, operation));

        Assert.DoesNotContain(operation, _store.Operations);
        write.Release();
        await setting;
        await invalidating;
        Assert.Null(StoredValue);
    }

    // Invariant 2
    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Who_takes_a_key_over_waits_for_the_result_that_is_being_written_and_writes_over_it(CallForm form)
    {
        var claims = Open(form);
        var late = await Win(claims);
        var write = _store.HoldOn(nameof(_store.Write));
        var completing = Task.Run(() => claims.Complete(late, Entry("late")));
        await write.Reached;

        StoreClaim current = default;
        var takingOver = BeginToWait(async () => current = await Win(claims, takeOver: true));

        Assert.False(takingOver.IsCompleted);
        _store.Heal();
        write.Release();
        Assert.False(await completing);
        await takingOver;
        Assert.True(await claims.Complete(current, Entry("current")));
        Assert.Equal("current", StoredValue);
    }

    // Invariant 2
    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Who_sets_a_value_waits_for_the_result_that_is_being_written_and_writes_over_it(CallForm form)
    {
        var claims = Open(form);
        var claim = await Win(claims);
        var write = _store.HoldOn(nameof(_store.Write));
        var completing = Task.Run(() => claims.Complete(claim, Entry("computed")));
        await write.Reached;

        var setting = BeginToWait(() => claims.Write(Entry("set")));

        Assert.Equal(1, _store.Operations.Count(operation => operation == nameof(_store.Write)));
        _store.Heal();
        write.Release();
        Assert.False(await completing);
        await setting;
        Assert.Equal("set", StoredValue);
    }

    // Invariant 4
    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Nobody_begins_to_compute_a_key_that_is_being_set(CallForm form)
    {
        var claims = Open(form);
        var write = _store.HoldOn(nameof(_store.Write));
        var setting = Task.Run(() => claims.Write(Entry("set")));
        await write.Reached;

        var result = await claims.TryClaim(Request());

        Assert.True(result.IsPending);
        var waiting = claims.WaitForChange(Key, result.PendingToken, TimeSpan.FromHours(1));
        Assert.False(waiting.IsCompleted);
        write.Release();
        await setting;
        await waiting;
        Assert.NotNull((await claims.TryClaim(Request())).Entry);
    }

    // Invariant 1
    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_result_is_written_once(CallForm form)
    {
        var claims = Open(form);
        var claim = await Win(claims);
        var write = _store.HoldOn(nameof(_store.Write));
        var completing = Task.Run(() => claims.Complete(claim, Entry("first")));
        await write.Reached;
        _store.Heal();

        Assert.False(await claims.Complete(claim, Entry("second")));
        Assert.False(await claims.Abandon(claim));

        write.Release();
        Assert.True(await completing);
        Assert.Equal("first", StoredValue);
    }

    // Invariant 3
    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_claim_that_could_not_be_taken_or_completed_leaves_the_key_free(CallForm form)
    {
        var claims = Open(form);
        _store.FailOn(nameof(_store.Read));
        await Assert.ThrowsAsync<IOException>(() => claims.TryClaim(Request()));
        _store.Heal();
        var claim = await Win(claims);

        _store.FailOn(nameof(_store.Write));
        await Assert.ThrowsAsync<IOException>(() => claims.Complete(claim, Entry("lost")));
        await Win(claims);
    }

    // Invariant 3
    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_value_that_could_not_be_set_leaves_the_key_free(CallForm form)
    {
        var claims = Open(form);
        _store.FailOn(nameof(_store.Write));

        await Assert.ThrowsAsync<IOException>(() => claims.Write(Entry("lost")));

        await Win(claims);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Entries_with_another_checksum_or_of_another_moment_have_other_revisions(CallForm form)
    {
        var claims = new StoreCalls(ProcessClaims.Over(new InMemoryCacheStore()), form);
        var revisions = new HashSet<long>();
        foreach (var (checksum, moment) in ((uint, long)[])[(1, 1_000), (2, 1_000), (3, 1_000), (1, 2_000), (2, 2_000)])
        {
            byte[] content = new byte[20];
            BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(8), checksum);
            BinaryPrimitives.WriteInt64LittleEndian(content.AsSpan(12), moment);
            var entry = Entry("") with { Content = content };
            await claims.Write(entry);
            Assert.True(revisions.Add((await claims.Read(Key)).Entry!.Revision), $"Checksum {checksum} and moment {moment} have the revision of an entry before.");

            // The same entry again is no news.
            await claims.Write(entry);
            Assert.False(revisions.Add((await claims.Read(Key)).Entry!.Revision));
        }
    }

    private static async Task<StoreClaim> Win(StoreCalls claims, bool takeOver = false)
    {
        var result = await claims.TryClaim(Request(takeOver));
        Assert.NotNull(result.Claim);
        return result.Claim.Value;
    }

    private static Task Invalidate(StoreCalls claims, string operation) => operation switch
    {
        nameof(StoreCalls.Remove) => claims.Remove(Key),
        nameof(StoreCalls.RemoveByTag) => claims.RemoveByTag("tag"),
        _ => claims.Clear(Method),
    };

    // The synchronous form waits on its thread; the asynchronous one comes back with a task.
    private static Task BeginToWait(Func<Task> operation)
    {
        var begun = new TaskCompletionSource<Task>();
        var thread = new Thread(() => begun.SetResult(operation())) { IsBackground = true };
        thread.Start();
        Threads.WaitUntil(() => begun.Task.IsCompleted || thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin));
        return begun.Task.Unwrap();
    }
}
