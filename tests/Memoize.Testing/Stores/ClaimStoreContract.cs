using System.Collections.Concurrent;
using System.Reflection;
using Xunit;
using Xunit.Abstractions;

namespace Memoize.Testing;

/// <summary>
/// What <see cref="IClaimStore"/> promises beyond <see cref="ICacheStore"/>, as tests; where one proves an invariant of the
/// interface, the comment above it has the invariant's number.
/// </summary>
public abstract class ClaimStoreContract(ITestOutputHelper output) : CacheStoreContract
{
    // What a store may round moments by.
    private static readonly TimeSpan Precision = TimeSpan.FromMilliseconds(1);

    /// <inheritdoc/>
    protected abstract override IClaimStore CreateStore();

    /// <inheritdoc/>
    protected abstract override IClaimStore CreateSecondStore();

    /// <summary>How many operations each run of the random test makes; fewer for stores that take long.</summary>
    protected virtual int RandomOperations => 2_000;

    private static ClaimRequest Request(StoreKey key, long? seen = null, bool takeOver = false, string method = Method, string[]? tags = null) =>
        new() { Key = key, Method = method, Seen = seen, TakeOver = takeOver, Tags = tags ?? [] };

    private static async Task<StoreClaim> Win(StoreCalls store, ClaimRequest request)
    {
        var result = await store.TryClaim(request);
        Assert.True(result.Claim is not null, $"The claim was expected to be won, but {request} brought {result}.");
        Assert.False(result.IsPending);
        Assert.Null(result.Entry);
        Assert.Equal(request.Key, result.Claim.Value.Key);
        Assert.True(result.Claim.Value.Token > 0, "Tokens are greater than 0, which stands for none.");
        return result.Claim.Value;
    }

    private static Task<StoreClaim> Win(StoreCalls store, int key) => Win(store, Request(Key(key)));

    private static async Task AssertEnded(StoreCalls store, StoreClaim claim, StoredEntry entry)
    {
        Assert.False(await store.Renew(claim), "A claim that is not current was renewed.");
        Assert.False(await store.Complete(claim, entry), "A claim that is not current was completed.");
        Assert.False(await store.Abandon(claim), "A claim that is not current was abandoned.");
    }

    private bool Has(StoreFeature feature) => !GetType().GetCustomAttributes<WithoutAttribute>().Any(without => without.Feature == feature);

    private StoreCalls Open(CallForm form) => Open(form, out _);

    private StoreCalls Open(CallForm form, out TimeSpan lease)
    {
        var store = CreateStore();
        lease = store.LeaseDuration;
        return new(store, form);
    }

    private (StoreCalls One, StoreCalls Other) OpenTwo(CallForm form) => (Open(form), new(CreateSecondStore(), form));

    // Claiming

    [Specification(StoreFeature.Leases)]
    public void A_lease_lasts_longer_than_no_time() => Assert.True(CreateStore().LeaseDuration > TimeSpan.Zero);

    [Specification]
    public async Task The_first_to_claim_a_key_wins(CallForm form)
    {
        var store = Open(form);

        await Win(store, 1);

        Assert.Equal(default, await store.Read(Key(1)));
    }

    // Invariant 1
    [Specification(StoreFeature.Leases)]
    public async Task A_claimed_key_is_pending_with_the_token_and_the_end_of_the_lease(CallForm form)
    {
        var store = Open(form, out var lease);
        var claim = await Win(store, 1);
        var until = Time.GetUtcNow() + lease;
        Time.Advance(lease / 2);

        var result = await store.TryClaim(Request(Key(1)));

        Assert.True(result.IsPending);
        Assert.Null(result.Claim);
        Assert.Null(result.Entry);
        Assert.Equal(claim.Token, result.PendingToken);
        Assert.Equal(until, result.PendingUntil, Precision);
        Assert.True(await store.Renew(claim));
    }

    [Specification]
    public async Task Each_key_is_claimed_by_itself(CallForm form)
    {
        var store = Open(form);
        var first = await Win(store, 1);
        var second = await Win(store, 2);

        Assert.True(await store.Abandon(first));

        Assert.True((await store.TryClaim(Request(Key(2)))).IsPending);
        Assert.True(await store.Complete(second, Entry(Key(2))));
        Assert.Null((await store.Read(Key(1))).Entry);
    }

    [Specification]
    public async Task A_claim_on_another_key_with_the_same_token_is_not_current(CallForm form)
    {
        var store = Open(form);
        var claim = await Win(store, 1);

        await AssertEnded(store, claim with { Key = Key(2) }, Entry(Key(2)));

        Assert.Null((await store.Read(Key(2))).Entry);
        Assert.True(await store.Complete(claim, Entry(Key(1))));
    }

    [Specification]
    public async Task A_claim_can_have_many_tags_of_any_characters(CallForm form)
    {
        var store = Open(form);
        string[] tags = ["twice", "twice", "Größe 😀", "'%_", .. Enumerable.Range(0, 200).Select(i => $"tag:{i}")];

        var claim = await Win(store, Request(Key(1), tags: tags));

        Assert.True(await store.Complete(claim, Entry(Key(1), tags: tags)));
        Assert.Equal(1, await store.RemoveByTag("Größe 😀"));
    }

    // Invariant 1
    [Specification]
    public async Task Of_many_threads_one_wins_the_claim(CallForm form)
    {
        var store = Open(form);
        for (int round = 0; round < 10; round++)
        {
            var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => store.TryClaim(Request(Key(round))))));

            var claim = Assert.Single(results, result => result.Claim is not null).Claim!.Value;
            Assert.All(results, result => Assert.True(result.Claim is not null || result.PendingToken == claim.Token));
        }
    }

    // Invariant 1
    [Specification(StoreFeature.SecondProcess)]
    public async Task Of_the_threads_of_two_processes_one_wins_the_claim(CallForm form)
    {
        var (one, other) = OpenTwo(form);
        for (int round = 0; round < 10; round++)
        {
            var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() => (thread % 2 == 0 ? one : other).TryClaim(Request(Key(round))))));

            Assert.Single(results, result => result.Claim is not null);
            Assert.Equal(7, results.Count(result => result.IsPending));
        }
    }

    // An entry is an answer

    [Specification]
    public async Task An_entry_that_the_caller_has_not_seen_is_the_answer(CallForm form)
    {
        var store = Open(form);
        var entry = Entry(Key(1), tags: ["tag"], readableKey: "(1)");
        await store.Write(entry);

        var result = await store.TryClaim(Request(Key(1)));

        Assert.False(result.IsPending);
        Assert.Null(result.Claim);
        AssertSame(entry, result.Entry);
        Assert.Equal((await store.Read(Key(1))).Entry!.Revision, result.Entry!.Revision);
    }

    [Specification]
    public async Task An_expired_entry_that_the_caller_has_not_seen_is_the_answer_too(CallForm form)
    {
        var store = Open(form);
        var entry = Entry(Key(1), life: Seconds(1), staleFor: Seconds(60));
        await store.Write(entry);
        Time.Advance(Seconds(10));

        AssertSame(entry, (await store.TryClaim(Request(Key(1)))).Entry);
    }

    [Specification]
    public async Task An_entry_that_the_caller_has_seen_is_claimed_for_its_replacement(CallForm form)
    {
        var store = Open(form);
        await store.Write(Entry(Key(1), "old"));
        long seen = (await store.Read(Key(1))).Entry!.Revision;

        var claim = await Win(store, Request(Key(1), seen));

        Assert.Equal("old", ValueOf((await store.Read(Key(1))).Entry));
        Assert.True(await store.Complete(claim, Entry(Key(1), "new")));
        Assert.Equal("new", ValueOf((await store.Read(Key(1))).Entry));
    }

    [Specification]
    public async Task An_entry_that_replaced_the_one_the_caller_has_seen_is_the_answer(CallForm form)
    {
        var store = Open(form);
        await store.Write(Entry(Key(1), "old"));
        long seen = (await store.Read(Key(1))).Entry!.Revision;
        var claim = await Win(store, Request(Key(1), seen));
        await store.Complete(claim, Entry(Key(1), "new"));

        Assert.Equal("new", ValueOf((await store.TryClaim(Request(Key(1), seen))).Entry));
    }

    // Invariant 5
    [Specification]
    public async Task An_entry_written_after_the_seen_one_was_removed_is_the_answer(CallForm form)
    {
        var store = Open(form);
        await store.Write(Entry(Key(1), "old"));
        long seen = (await store.Read(Key(1))).Entry!.Revision;
        await store.Remove(Key(1));
        await store.Write(Entry(Key(1), "new"));

        Assert.Equal("new", ValueOf((await store.TryClaim(Request(Key(1), seen))).Entry));
    }

    [Specification]
    public async Task A_seen_entry_that_was_removed_leaves_the_key_to_claim(CallForm form)
    {
        var store = Open(form);
        await store.Write(Entry(Key(1)));
        long seen = (await store.Read(Key(1))).Entry!.Revision;
        await store.Remove(Key(1));

        await Win(store, Request(Key(1), seen));
    }

    [Specification]
    public async Task A_claim_on_a_seen_entry_is_pending_for_those_who_have_seen_it_and_no_others(CallForm form)
    {
        var store = Open(form);
        await store.Write(Entry(Key(1), "old"));
        long seen = (await store.Read(Key(1))).Entry!.Revision;
        var claim = await Win(store, Request(Key(1), seen));

        Assert.Equal(claim.Token, (await store.TryClaim(Request(Key(1), seen))).PendingToken);
        Assert.Equal("old", ValueOf((await store.TryClaim(Request(Key(1)))).Entry));
    }

    // Completing

    [Specification]
    public async Task Completing_writes_the_entry_and_ends_the_claim(CallForm form)
    {
        var store = Open(form);
        var claim = await Win(store, Request(Key(1), tags: ["tag"]));
        var entry = Entry(Key(1), life: Seconds(60), tags: ["tag"], readableKey: "(1)");

        Assert.True(await store.Complete(claim, entry));

        var written = (await store.Read(Key(1))).Entry;
        AssertSame(entry, written);
        Assert.False(await store.Renew(claim));
        Assert.False(await store.Abandon(claim));
        AssertSame(entry, (await store.Read(Key(1))).Entry);
        await Win(store, Request(Key(1), written!.Revision));
    }

    [Specification]
    public async Task A_completed_entry_is_like_one_that_was_written(CallForm form)
    {
        var store = Open(form);
        await store.Complete(await Win(store, 1), Entry(Key(1), tags: ["tag"]));
        Assert.Equal(1, await store.Count());
        Assert.Equal(1, await store.RemoveByTag("tag"));

        await store.Complete(await Win(store, 2), Entry(Key(2)));
        Assert.Equal(1, await store.Clear(Method));

        await store.Complete(await Win(store, 3), Entry(Key(3)));
        Assert.True(await store.Remove(Key(3)));
        Assert.Equal(0, await store.Count());
    }

    [Specification(StoreFeature.Prune, StoreFeature.VirtualTime)]
    public async Task A_completed_entry_is_pruned_when_its_time_has_come(CallForm form)
    {
        var store = Open(form);
        await store.Complete(await Win(store, 1), Entry(Key(1), life: Seconds(1)));
        Time.Advance(Seconds(10));

        Assert.Equal(1, await store.Prune());
    }

    [Specification]
    public async Task Completing_replaces_the_tags_of_the_entry_before(CallForm form)
    {
        var store = Open(form);
        await store.Write(Entry(Key(1), tags: ["old"]));
        long seen = (await store.Read(Key(1))).Entry!.Revision;
        await store.Complete(await Win(store, Request(Key(1), seen)), Entry(Key(1), tags: ["new"]));

        Assert.Equal(0, await store.RemoveByTag("old"));
        Assert.Equal(1, await store.RemoveByTag("new"));
    }

    // Invariant 2
    [Specification(StoreFeature.CompletingAgain)]
    public async Task Completing_again_is_true_again_and_writes_nothing(CallForm form)
    {
        var store = Open(form);
        var claim = await Win(store, 1);
        await store.Complete(claim, Entry(Key(1), "value"));
        long revision = (await store.Read(Key(1))).Entry!.Revision;

        Assert.True(await store.Complete(claim, Entry(Key(1), "value")));
        Assert.True(await store.Complete(claim, Entry(Key(1), "value")));

        var entry = (await store.Read(Key(1))).Entry;
        Assert.Equal("value", ValueOf(entry));
        Assert.Equal(revision, entry!.Revision);
    }

    // Invariant 2
    [Specification]
    public async Task Completing_again_is_refused_once_the_entry_has_changed(CallForm form)
    {
        var store = Open(form);
        foreach (var change in (Func<StoreKey, Task>[])
            [
                key => store.Write(Entry(key, "another")),
                key => store.Remove(key),
                key => store.RemoveByTag("tag"),
                key => store.Clear(Method),
                key => store.Clear(),
                async key => await store.Complete(await Win(store, Request(key, takeOver: true)), Entry(key, "another")),
            ])
        {
            var claim = await Win(store, Request(Key(1), takeOver: true));
            await store.Complete(claim, Entry(Key(1), "value", tags: ["tag"]));
            await change(Key(1));
            var before = await store.Read(Key(1));

            Assert.False(await store.Complete(claim, Entry(Key(1), "value", tags: ["tag"])));

            Assert.Equal(ValueOf(before.Entry), ValueOf((await store.Read(Key(1))).Entry));
        }
    }

    // Invariant 2
    [Specification]
    public async Task A_token_that_nobody_was_given_does_nothing(CallForm form)
    {
        var store = Open(form);
        var claim = await Win(store, 1);

        await AssertEnded(store, claim with { Token = claim.Token + 1_000 }, Entry(Key(1)));
        await AssertEnded(store, claim with { Token = 0 }, Entry(Key(1)));
        await AssertEnded(store, new StoreClaim(Key(2), 0), Entry(Key(2)));

        Assert.Null((await store.Read(Key(1))).Entry);
        Assert.True(await store.Renew(claim));
    }

    // Abandoning

    [Specification]
    public async Task An_abandoned_key_can_be_claimed_at_once(CallForm form)
    {
        var store = Open(form);
        var claim = await Win(store, 1);

        Assert.True(await store.Abandon(claim));

        await AssertEnded(store, claim, Entry(Key(1)));
        Assert.True((await Win(store, 1)).Token > claim.Token);
        Assert.Equal(default, await store.Read(Key(1)));
    }

    [Specification]
    public async Task Abandoning_leaves_the_entry_that_the_key_has(CallForm form)
    {
        var store = Open(form);
        await store.Write(Entry(Key(1), "old"));
        var old = (await store.Read(Key(1))).Entry!;
        var claim = await Win(store, Request(Key(1), old.Revision));

        Assert.True(await store.Abandon(claim));

        var entry = (await store.Read(Key(1))).Entry;
        AssertSame(old, entry);
        Assert.Equal(old.Revision, entry!.Revision);
    }

    // Leases

    [Specification(StoreFeature.Leases, StoreFeature.VirtualTime)]
    public async Task A_renewed_lease_begins_anew(CallForm form)
    {
        var store = Open(form, out var lease);
        var claim = await Win(store, 1);

        for (int i = 0; i < 5; i++)
        {
            Time.Advance(0.75 * lease);
            Assert.True(await store.Renew(claim));
        }

        Time.Advance(0.75 * lease);
        var result = await store.TryClaim(Request(Key(1)));
        Assert.Equal(claim.Token, result.PendingToken);
        Assert.Equal(Time.GetUtcNow() + (0.25 * lease), result.PendingUntil, Precision);
    }

    [Specification(StoreFeature.Leases, StoreFeature.VirtualTime)]
    public async Task A_key_is_taken_over_when_the_lease_has_run_out_and_not_before(CallForm form)
    {
        var store = Open(form, out var lease);
        var claim = await Win(store, 1);
        Time.Advance(lease - (2 * Precision));
        Assert.True((await store.TryClaim(Request(Key(1)))).IsPending);

        Time.Advance(4 * Precision);

        Assert.True((await Win(store, 1)).Token > claim.Token);
    }

    // Invariant 2: the fence. A holder that was away too long can neither store nor free.
    [Specification(StoreFeature.Leases, StoreFeature.VirtualTime)]
    public async Task A_holder_whose_key_was_taken_over_can_neither_store_nor_renew_nor_free(CallForm form)
    {
        var store = Open(form, out var lease);
        var late = await Win(store, 1);
        Time.Advance(lease + Seconds(1));
        var current = await Win(store, 1);

        await AssertEnded(store, late, Entry(Key(1), "late"));

        Assert.Equal(current.Token, (await store.TryClaim(Request(Key(1)))).PendingToken);
        Assert.Null((await store.Read(Key(1))).Entry);
        Assert.True(await store.Complete(current, Entry(Key(1), "current")));
        await AssertEnded(store, late, Entry(Key(1), "late"));
        Assert.Equal("current", ValueOf((await store.Read(Key(1))).Entry));
    }

    // Invariant 2
    [Specification(StoreFeature.Leases, StoreFeature.VirtualTime)]
    public async Task A_late_holder_does_not_shorten_or_lengthen_the_lease_of_the_next(CallForm form)
    {
        var store = Open(form, out var lease);
        var late = await Win(store, 1);
        Time.Advance(lease + Seconds(1));
        await Win(store, 1);
        var until = Time.GetUtcNow() + lease;

        Time.Advance(lease / 4);
        await store.Renew(late);

        Assert.Equal(until, (await store.TryClaim(Request(Key(1)))).PendingUntil, Precision);
    }

    // Invariant 3
    [Specification(StoreFeature.Leases, StoreFeature.VirtualTime)]
    public async Task A_claim_whose_lease_has_run_out_can_still_be_completed_while_nobody_has_taken_the_key_over(CallForm form)
    {
        var store = Open(form, out var lease);
        var claim = await Win(store, 1);
        Time.Advance(10 * lease);

        Assert.True(await store.Complete(claim, Entry(Key(1), "value")));

        Assert.Equal("value", ValueOf((await store.Read(Key(1))).Entry));
    }

    // Invariant 3
    [Specification(StoreFeature.Leases, StoreFeature.VirtualTime)]
    public async Task A_claim_whose_lease_has_run_out_can_still_be_renewed_while_nobody_has_taken_the_key_over(CallForm form)
    {
        var store = Open(form, out var lease);
        var claim = await Win(store, 1);
        Time.Advance(10 * lease);

        Assert.True(await store.Renew(claim));

        var result = await store.TryClaim(Request(Key(1)));
        Assert.Equal(claim.Token, result.PendingToken);
        Assert.Equal(Time.GetUtcNow() + lease, result.PendingUntil, Precision);
    }

    // Invariant 3
    [Specification(StoreFeature.Leases, StoreFeature.VirtualTime)]
    public async Task A_claim_whose_lease_has_run_out_can_still_be_abandoned_while_nobody_has_taken_the_key_over(CallForm form)
    {
        var store = Open(form, out var lease);
        var claim = await Win(store, 1);
        Time.Advance(10 * lease);

        Assert.True(await store.Abandon(claim));
        await Win(store, 1);
    }

    // Taking over

    [Specification]
    public async Task Taking_over_voids_the_claim_of_another_before_its_lease_runs_out(CallForm form)
    {
        var store = Open(form);
        var first = await Win(store, 1);

        var second = await Win(store, Request(Key(1), takeOver: true));

        Assert.True(second.Token > first.Token);
        await AssertEnded(store, first, Entry(Key(1), "first"));
        Assert.True(await store.Complete(second, Entry(Key(1), "second")));
        Assert.Equal("second", ValueOf((await store.Read(Key(1))).Entry));
    }

    [Specification]
    public async Task Taking_over_wins_whatever_entry_the_key_has_and_leaves_it(CallForm form)
    {
        var store = Open(form);
        await store.Write(Entry(Key(1), "old"));

        var claim = await Win(store, Request(Key(1), takeOver: true));

        Assert.Equal("old", ValueOf((await store.Read(Key(1))).Entry));
        Assert.True(await store.Complete(claim, Entry(Key(1), "new")));
    }

    // Tokens

    // Invariant 1
    [Specification(StoreFeature.VirtualTime)]
    public async Task Tokens_increase_however_the_claim_before_ended(CallForm form)
    {
        var store = Open(form);
        await AssertTokensIncrease(
            store,
            claim => store.Abandon(claim),
            claim => store.Complete(claim, Entry(claim.Key)),
            claim => store.Remove(claim.Key),
            claim => store.Write(Entry(claim.Key, tags: ["tag"])),
            _ => store.RemoveByTag("tag"),
            _ => store.Clear(Method),
            _ => store.Clear(),
            claim => store.Complete(claim, Entry(claim.Key, life: Seconds(1))),
            async claim =>
            {
                await store.Complete(claim, Entry(claim.Key, life: Seconds(1)));
                Time.Advance(Seconds(10));
                await store.Prune();
            });
    }

    // Invariant 1
    [Specification(StoreFeature.Leases, StoreFeature.VirtualTime)]
    public async Task Tokens_increase_when_the_lease_before_has_run_out(CallForm form)
    {
        var store = Open(form, out var lease);
        await AssertTokensIncrease(
            store,
            _ =>
            {
                Time.Advance(2 * lease);
                return Task.CompletedTask;
            },
            async _ =>
            {
                Time.Advance(2 * lease);
                await store.Prune();
            });
    }

    // Invariant 1
    [Specification(StoreFeature.SecondProcess)]
    public async Task Tokens_increase_over_all_processes(CallForm form)
    {
        var (one, other) = OpenTwo(form);
        long last = 0;
        for (int i = 0; i < 10; i++)
        {
            var claim = await Win(i % 3 == 0 ? one : other, 1);
            Assert.True(claim.Token > last, $"Token {claim.Token} after {last}.");
            last = claim.Token;
            Assert.True(await (i % 2 == 0 ? one : other).Abandon(claim));
        }
    }

    // What voids claims

    // Invariant 4
    [Specification]
    public async Task Writing_a_key_voids_its_claim(CallForm form)
    {
        var store = Open(form);
        var claim = await Win(store, 1);

        await store.Write(Entry(Key(1), "written"));

        await AssertVoid(store, claim, "written");
    }

    // Invariant 4
    [Specification]
    public async Task Removing_a_key_voids_its_claim_whether_it_has_an_entry_or_not(CallForm form)
    {
        var store = Open(form);
        var claim = await Win(store, 1);
        Assert.False(await store.Remove(Key(1)));
        await AssertVoid(store, claim, expected: null);

        await store.Write(Entry(Key(1)));
        claim = await Win(store, Request(Key(1), takeOver: true));
        Assert.True(await store.Remove(Key(1)));
        await AssertVoid(store, claim, expected: null);
    }

    // Invariant 4
    [Specification]
    public async Task Removing_by_tag_voids_the_claims_that_were_made_with_it_and_no_others(CallForm form)
    {
        var store = Open(form);
        var meant = await Win(store, Request(Key(1), tags: ["red", "blue"]));
        var other = await Win(store, Request(Key(2), tags: ["blue"]));
        var without = await Win(store, 3);

        Assert.Equal(0, await store.RemoveByTag("red"));

        await AssertVoid(store, meant, expected: null);
        Assert.True(await store.Complete(other, Entry(Key(2))));
        Assert.True(await store.Complete(without, Entry(Key(3))));
    }

    // Invariant 4
    [Specification]
    public async Task Removing_an_entry_by_a_tag_that_only_the_entry_has_voids_the_claim_on_its_key(CallForm form)
    {
        var store = Open(form);
        await store.Write(Entry(Key(1), tags: ["old"]));
        var claim = await Win(store, Request(Key(1), takeOver: true, tags: ["new"]));

        Assert.Equal(1, await store.RemoveByTag("old"));

        await AssertVoid(store, claim, expected: null);
    }

    // Invariant 4
    [Specification]
    public async Task Removing_by_a_tag_of_the_claim_leaves_an_entry_that_does_not_have_it(CallForm form)
    {
        var store = Open(form);
        await store.Write(Entry(Key(1), "old", tags: ["old"]));
        var claim = await Win(store, Request(Key(1), takeOver: true, tags: ["new"]));

        Assert.Equal(0, await store.RemoveByTag("new"));

        await AssertVoid(store, claim, "old");
    }

    [Specification]
    public async Task The_tags_of_a_claim_that_has_ended_void_no_later_one(CallForm form)
    {
        var store = Open(form);
        await store.Abandon(await Win(store, Request(Key(1), tags: ["old"])));
        var claim = await Win(store, Request(Key(1), tags: ["new"]));

        await store.RemoveByTag("old");

        Assert.True(await store.Complete(claim, Entry(Key(1))));
    }

    // Invariant 4
    [Specification]
    public async Task Clearing_a_method_voids_its_claims_and_no_others(CallForm form)
    {
        var store = Open(form);
        var meant = await Win(store, 1);
        var other = await Win(store, Request(Key(2), method: OtherMethod));

        Assert.Equal(0, await store.Clear(Method));

        await AssertVoid(store, meant, expected: null);
        Assert.True(await store.Renew(other));
    }

    // Invariant 4
    [Specification]
    public async Task Clearing_everything_voids_every_claim(CallForm form)
    {
        var store = Open(form);
        var first = await Win(store, 1);
        var second = await Win(store, Request(Key(2), method: OtherMethod));

        Assert.Equal(0, await store.Clear());

        await AssertVoid(store, first, expected: null);
        await AssertVoid(store, second, expected: null);
    }

    // What expires is not invalidated: its replacement is under way.
    [Specification(StoreFeature.Prune, StoreFeature.VirtualTime)]
    public async Task Pruning_voids_no_claim(CallForm form)
    {
        var store = Open(form);
        await store.Write(Entry(Key(1), "old", life: Seconds(1)));
        Time.Advance(Seconds(10));
        var replacing = await Win(store, Request(Key(1), (await store.Read(Key(1))).Entry!.Revision));
        var computing = await Win(store, 2);

        Assert.Equal(1, await store.Prune());

        Assert.Equal(replacing.Token, (await store.TryClaim(Request(Key(1)))).PendingToken);
        Assert.True(await store.Complete(replacing, Entry(Key(1), "new")));
        Assert.True(await store.Renew(computing));
    }

    [Specification]
    public async Task Claims_are_no_entries(CallForm form)
    {
        var store = Open(form);
        await Win(store, Request(Key(1), tags: ["tag"]));

        Assert.Equal(0, await store.Count());
        await foreach (var entry in store.Enumerate()) Assert.Fail($"There is an entry {entry}.");
        Assert.Equal(default, await store.Read(Key(1)));
    }

    // Invariant 4
    [Specification(StoreFeature.SecondProcess)]
    public async Task Invalidating_in_one_process_voids_the_claim_of_another(CallForm form)
    {
        var (one, other) = OpenTwo(form);
        foreach (var invalidate in (Func<Task>[])
            [
                () => other.Write(Entry(Key(1), "written")),
                () => other.Remove(Key(1)),
                () => other.RemoveByTag("tag"),
                () => other.Clear(Method),
                () => other.Clear(),
            ])
        {
            var claim = await Win(one, Request(Key(1), takeOver: true, tags: ["tag"]));
            await invalidate();
            string? left = ValueOf((await other.Read(Key(1))).Entry);
            await AssertVoid(one, claim, left);
            await other.Remove(Key(1));
        }
    }

    [Specification(StoreFeature.SecondProcess)]
    public async Task What_one_process_completes_is_the_answer_for_another(CallForm form)
    {
        var (one, other) = OpenTwo(form);
        var claim = await Win(one, 1);
        Assert.Equal(claim.Token, (await other.TryClaim(Request(Key(1)))).PendingToken);

        await one.Complete(claim, Entry(Key(1), "value"));

        Assert.Equal("value", ValueOf((await other.TryClaim(Request(Key(1)))).Entry));
    }

    [Specification(StoreFeature.SecondProcess, StoreFeature.Leases, StoreFeature.VirtualTime)]
    public async Task A_process_takes_over_from_another_that_is_gone(CallForm form)
    {
        var one = Open(form, out var lease);
        var other = new StoreCalls(CreateSecondStore(), form);
        var late = await Win(one, 1);
        Time.Advance(lease + Seconds(1));

        var current = await Win(other, 1);

        await AssertEnded(one, late, Entry(Key(1), "late"));
        Assert.True(await other.Complete(current, Entry(Key(1), "current")));
        Assert.Equal("current", ValueOf((await one.Read(Key(1))).Entry));
    }

    // Waiting

    [Specification]
    public async Task Waiting_for_a_claim_that_has_ended_returns_at_once(CallForm form)
    {
        var store = Open(form);
        var first = await Win(store, 1);
        await store.Abandon(first);
        await AssertReturns(store.WaitForChange(Key(1), first.Token, TimeSpan.FromHours(1)));

        await Win(store, 1);
        await AssertReturns(store.WaitForChange(Key(1), first.Token, TimeSpan.FromHours(1)));
        await AssertReturns(store.WaitForChange(Key(2), first.Token, TimeSpan.FromHours(1)));
    }

    [Specification]
    public async Task Waiting_returns_when_the_claim_ends(CallForm form)
    {
        var store = Open(form);
        foreach (var end in Ends(store))
        {
            var claim = await Win(store, Request(Key(1), takeOver: true, tags: ["tag"]));
            var waiting = store.WaitForChange(Key(1), claim.Token, TimeSpan.FromHours(1));

            await end(claim);

            await AssertReturns(waiting);
        }
    }

    [Specification(StoreFeature.SecondProcess)]
    public async Task Waiting_returns_when_the_claim_ends_in_another_process(CallForm form)
    {
        var (one, other) = OpenTwo(form);
        foreach (var end in Ends(one))
        {
            var claim = await Win(one, Request(Key(1), takeOver: true, tags: ["tag"]));
            var waiting = other.WaitForChange(Key(1), claim.Token, TimeSpan.FromHours(1));

            await end(claim);

            await AssertReturns(waiting);
        }
    }

    [Specification]
    public async Task All_who_wait_are_let_go(CallForm form)
    {
        var store = Open(form);
        var claim = await Win(store, 1);
        Task[] waiting = [.. Enumerable.Range(0, 10).Select(_ => store.WaitForChange(Key(1), claim.Token, TimeSpan.FromHours(1)))];

        await store.Complete(claim, Entry(Key(1)));

        await AssertReturns(Task.WhenAll(waiting));
    }

    [Specification(StoreFeature.Leases, StoreFeature.VirtualTime)]
    public async Task Waiting_lasts_no_longer_than_it_may(CallForm form)
    {
        var store = Open(form, out var lease);
        var claim = await Win(store, 1);
        var atMost = Min(lease / 2, Seconds(5));

        await AssertReturns(store.WaitForChange(Key(1), claim.Token, TimeSpan.Zero));
        await AssertReturns(store.WaitForChange(Key(1), claim.Token, atMost), within: atMost + (atMost / 10));

        Assert.True((await store.TryClaim(Request(Key(1)))).IsPending);
    }

    [Specification]
    public async Task Waiting_ends_when_it_is_cancelled(CallForm form)
    {
        var store = Open(form);
        var claim = await Win(store, 1);
        using var cancelled = new CancellationTokenSource();
        var waiting = store.WaitForChange(Key(1), claim.Token, TimeSpan.FromHours(1), cancelled.Token);

        await cancelled.CancelAsync();

        try
        {
            await AssertReturns(waiting);
        }
        catch (OperationCanceledException)
        {
            // As it should; but a store that returned early has done nothing wrong.
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => AssertReturns(store.WaitForChange(Key(1), claim.Token, TimeSpan.FromHours(1), cancelled.Token)));
        Assert.True(await store.Renew(claim));
    }

    // Everything at once

    [Specification(StoreFeature.SecondProcess, StoreFeature.VirtualTime, StoreFeature.Prune)]
    public void Whatever_two_processes_do_agrees_with_a_model_of_the_contract()
    {
        int seed = ClaimStoreModel.SeedToReplay ?? Environment.TickCount;
        output.WriteLine($"Seed {seed}; to repeat it, set {ClaimStoreModel.SeedVariable}={seed}.");
        var one = CreateStore();
        var model = new ClaimStoreModel(seed, Time, one, CreateSecondStore(), key => Key(key), (key, value, life, method, tags) => Entry(key, value, life, method: method, tags: tags))
        {
            KnowsCompleted = Has(StoreFeature.CompletingAgain),
        };

        model.Run(RandomOperations);

        output.WriteLine(model.ToString());
    }

    // Invariant 1, where it matters: at no time do two holders believe themselves current and both get to store.
    [Specification]
    public async Task Of_threads_that_claim_complete_and_take_over_one_at_a_time_stores(CallForm form)
    {
        var store = Open(form);
        var completed = new ConcurrentBag<long>();

        await Task.WhenAll(Enumerable.Range(0, 6).Select(thread => Task.Run(async () =>
        {
            var random = new Random(thread);
            for (int i = 0; i < 30; i++)
            {
                long? seen = (await store.Read(Key(1))).Entry?.Revision;
                var result = await store.TryClaim(Request(Key(1), seen, takeOver: random.Next(4) == 0));
                if (result.Claim is not { } claim) continue;

                if (random.Next(4) == 0) await store.Abandon(claim);
                else if (await store.Complete(claim, Entry(Key(1), $"{claim.Token}"))) completed.Add(claim.Token);
            }
        })));

        // Whoever stored last had the greatest token of all who did.
        Assert.NotEmpty(completed);
        Assert.Distinct(completed);
        Assert.Equal($"{completed.Max()}", ValueOf((await store.Read(Key(1))).Entry));
    }

    private Func<StoreClaim, Task>[] Ends(StoreCalls store) =>
    [
        claim => store.Complete(claim, Entry(claim.Key)),
        claim => store.Abandon(claim),
        claim => store.Write(Entry(claim.Key)),
        claim => store.Remove(claim.Key),
        _ => store.RemoveByTag("tag"),
        _ => store.Clear(Method),
        _ => store.Clear(),
        claim => store.TryClaim(Request(claim.Key, takeOver: true)),
    ];

    private async Task AssertTokensIncrease(StoreCalls store, params Func<StoreClaim, Task>[] ends)
    {
        long last = 0;
        foreach (var end in ends)
        {
            foreach (bool takeOver in (bool[])[false, true])
            {
                long? seen = (await store.Read(Key(1))).Entry?.Revision;
                var claim = await Win(store, Request(Key(1), seen, takeOver, tags: ["tag"]));
                Assert.True(claim.Token > last, $"Token {claim.Token} after {last}.");
                last = claim.Token;
                await end(claim);
            }
        }
    }

    private async Task AssertVoid(StoreCalls store, StoreClaim claim, string? expected)
    {
        await AssertEnded(store, claim, Entry(claim.Key, "refused", tags: ["tag"]));
        var look = await store.Read(claim.Key);
        Assert.Equal(expected, ValueOf(look.Entry));
        var next = await Win(store, Request(claim.Key, look.Entry?.Revision));
        Assert.True(next.Token > claim.Token);
        Assert.True(await store.Abandon(next));
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;

    // Stores that look again and again look by the virtual clock, which therefore has to move on; those that are notified
    // return without. No wait here is for time to pass: each is over as soon as the store returns.
    private async Task AssertReturns(Task waiting, TimeSpan? within = null)
    {
        const int Steps = 40;
        var allowed = within ?? Seconds(10);
        for (int i = 0; i < Steps && !waiting.IsCompleted; i++)
        {
            await Task.WhenAny(waiting, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System));
            if (!waiting.IsCompleted) Time.Advance(allowed / Steps);
        }

        await Task.WhenAny(waiting, Task.Delay(Seconds(10), TimeProvider.System));
        Assert.True(waiting.IsCompleted, $"It did not return within {allowed}.");
        await waiting;
    }
}
