using Memoize.Testing;

namespace Memoize.Tests;

/// <summary>The second level, as callers see it. Every test runs for synchronous and asynchronous methods.</summary>
public sealed class StoreLevelTests
{
    private readonly SimulatedProcesses _processes = new();

    private ManualTimeProvider Time => _processes.Time;

    public static TheoryData<bool> Forms => [false, true];

    private static Task<string?> Load(CachedMethod<TextKey, string?> method, bool isAsync, string key, Func<string?> core, CancellationToken cancellationToken = default) =>
        isAsync ? method.CallAsync(key, _ => Task.FromResult(core()), cancellationToken) : Task.FromResult(method.Call(key, _ => core(), cancellationToken));

    private static string Fail() => throw new InvalidOperationException("The method ran.");

    // Looking

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task An_entry_outlives_its_process(bool isAsync)
    {
        Assert.Equal("one", await Load(_processes.Start(), isAsync, "key", () => "one"));
        var later = _processes.Start();

        Assert.Equal("one", await Load(later, isAsync, "key", Fail));

        var statistics = later.Statistics;
        Assert.Equal((1, 1, 1, 0), (statistics.Requests, statistics.Hits, statistics.StoreHits, statistics.Misses));
        Assert.Equal(0, later.LockCount);
        later.Verify();
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task What_was_found_in_the_store_is_kept_in_memory(bool isAsync)
    {
        await Load(_processes.Start(), isAsync, "key", () => "one");
        var later = _processes.Start();
        await Load(later, isAsync, "key", Fail);
        _processes.Store.Clear();

        Assert.Equal("one", await Load(later, isAsync, "key", Fail));

        Assert.Equal((2, 1), (later.Statistics.Hits, later.Statistics.StoreHits));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task What_memory_had_no_room_for_is_found_in_the_store(bool isAsync)
    {
        var method = _processes.Start(new() { Capacity = 1 });
        await Load(method, isAsync, "one", () => "1");
        await Load(method, isAsync, "two", () => "2");

        Assert.Equal("1", await Load(method, isAsync, "one", Fail));
        Assert.Equal("2", await Load(method, isAsync, "two", Fail));
        Assert.True(method.Statistics.StoreHits >= 1);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task What_comes_from_the_store_stays_within_the_limits_of_the_memoizer(bool isAsync)
    {
        var first = _processes.Start();
        foreach (string key in (string[])["one", "two", "three"]) await Load(first, isAsync, key, () => key);
        var later = _processes.Start(configure: options => options.MaxEntries = 2);

        foreach (string key in (string[])["one", "two", "three"]) Assert.Equal(key, await Load(later, isAsync, key, Fail));

        Assert.Equal(2, later.Statistics.Entries);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task An_entry_too_large_for_memory_is_served_from_the_store(bool isAsync)
    {
        var policy = new CachePolicy<string?> { Size = (_, value) => value!.Length, MaxSize = 2 };
        var method = _processes.Start(policy);
        await Load(method, isAsync, "key", () => "large");

        Assert.Equal("large", await Load(method, isAsync, "key", Fail));
        Assert.Equal("large", await Load(method, isAsync, "key", Fail));

        Assert.Equal(2, method.Statistics.StoreHits);
        Assert.Equal(0, method.Statistics.Entries);
        method.Verify();
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Null_is_a_value_in_the_store_too(bool isAsync)
    {
        await Load(_processes.Start(), isAsync, "key", () => null);

        Assert.Null(await Load(_processes.Start(), isAsync, "key", Fail));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Life_goes_on_where_it_was(bool isAsync)
    {
        var policy = new CachePolicy<string?> { Duration = TimeSpan.FromMinutes(5) };
        await Load(_processes.Start(policy), isAsync, "key", () => "one");
        Time.Advance(TimeSpan.FromMinutes(4));
        var later = _processes.Start(policy);
        await Load(later, isAsync, "key", Fail);
        Assert.Equal(Time.GetUtcNow() + TimeSpan.FromMinutes(1), later.Explain("key").Expires);

        Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("two", await Load(later, isAsync, "key", () => "two"));
        Assert.Equal(1, later.Statistics.MissesFor(MissReason.Expired));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_shorter_duration_holds_for_entries_that_are_there(bool isAsync)
    {
        await Load(_processes.Start(new() { Duration = TimeSpan.FromHours(1) }), isAsync, "key", () => "one");
        Time.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal("two", await Load(_processes.Start(new() { Duration = TimeSpan.FromMinutes(10) }), isAsync, "key", () => "two"));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task In_the_store_sliding_counts_from_the_writing(bool isAsync)
    {
        var policy = new CachePolicy<string?> { Sliding = TimeSpan.FromMinutes(5) };
        await Load(_processes.Start(policy), isAsync, "key", () => "one");
        Time.Advance(TimeSpan.FromMinutes(4));
        var later = _processes.Start(policy);
        Assert.Equal("one", await Load(later, isAsync, "key", Fail));
        Time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal("one", await Load(later, isAsync, "key", Fail));

        Assert.Equal("two", await Load(_processes.Start(policy), isAsync, "key", () => "two"));
    }

    [Fact]
    public void What_was_written_longer_ago_than_sliding_allows_is_not_there_to_be_peeked_at()
    {
        var policy = new CachePolicy<string?> { Sliding = TimeSpan.FromMinutes(5) };
        _processes.Start(policy).Call("key", _ => "one");
        var later = _processes.Start(policy);
        Time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        Assert.True(later.TryPeek("key", out _));

        Time.Advance(TimeSpan.FromTicks(1));

        Assert.False(later.TryPeek("key", out _));
        Assert.Equal((EntryState.Absent, MissReason.Expired), (later.Explain("key").State, later.Explain("key").Reason));
    }

    // Written by a machine whose clock is ahead, or before this one's was put back.
    [Theory]
    [MemberData(nameof(Forms))]
    public async Task An_entry_from_the_future_lives_no_longer_than_one_that_is_written_now(bool isAsync)
    {
        var future = Time.GetUtcNow().AddHours(1);
        var header = new EntryHeader { Created = future, Expires = future.AddMinutes(10), Schema = 1, Format = SimulatedProcesses.FormatOf<string>() };
        _processes.Store.Write(EntryOf("ahead") with { Content = header.Encode(SimulatedProcesses.KeyOf("key"), "\"ahead\""u8) });
        var method = _processes.Start(new() { Duration = TimeSpan.FromMinutes(10) });

        Assert.Equal("ahead", await Load(method, isAsync, "key", Fail));

        Time.Advance(TimeSpan.FromMinutes(10));
        Assert.False(method.TryGet("key", out _));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task The_life_from_the_value_is_stored(bool isAsync)
    {
        var policy = new CachePolicy<string?> { DurationFrom = (_, value) => TimeSpan.FromMinutes(value!.Length) };
        await Load(_processes.Start(policy), isAsync, "key", () => "12345");
        Time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        Assert.Equal("12345", await Load(_processes.Start(policy), isAsync, "key", Fail));
        Time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal("1", await Load(_processes.Start(policy), isAsync, "key", () => "1"));
    }

    // Reasons

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_miss_says_what_the_store_knows(bool isAsync)
    {
        var policy = new CachePolicy<string?> { Duration = TimeSpan.FromMinutes(5) };
        await Load(_processes.Start(policy), isAsync, "expired", () => "one");
        Time.Advance(TimeSpan.FromMinutes(5));
        foreach (string key in (string[])["version", "code", "schema", "format", "corrupt", "invalidated", "pruned"]) await Load(_processes.Start(policy), isAsync, key, () => "one");
        _processes.Start(policy).Invalidate("invalidated");
        Corrupt("corrupt");

        await Expect("nothing", MissReason.NotFound, _processes.Start(policy));
        await Expect("expired", MissReason.Expired, _processes.Start(policy));
        await Expect("version", MissReason.VersionChanged, _processes.Start(new() { Duration = TimeSpan.FromMinutes(5), Version = 1 }));
        await Expect("code", MissReason.VersionChanged, _processes.Start(policy, code: 2));
        await Expect("schema", MissReason.SchemaChanged, _processes.Start(policy, schema: 2));
        await Expect("format", MissReason.SchemaChanged, _processes.Start(policy, options => options.Serializer = new OtherFormat()));
        await Expect("corrupt", MissReason.Corrupt, _processes.Start(policy));
        await Expect("invalidated", MissReason.Invalidated, _processes.Start(policy));
        Time.Advance(TimeSpan.FromMinutes(5));
        _processes.Store.Prune();
        await Expect("pruned", MissReason.Expired, _processes.Start(policy));

        async Task Expect(string key, MissReason reason, CachedMethod<TextKey, string?> method)
        {
            Assert.Equal(reason, method.Explain(key).Reason);
            Assert.Equal("two", await Load(method, isAsync, key, () => "two"));
            Assert.Equal((1, 1), (method.Statistics.MissesFor(reason), method.Statistics.Computed));

            // And what was of no use has been replaced.
            Assert.Equal("two", await Load(method, isAsync, key, Fail));
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task D19_A_result_of_another_shape_is_a_clean_miss_before_it_is_read(bool isAsync)
    {
        // As text, the old shape could be read as the new one, and would come back wrong.
        await Load(_processes.Start(schema: 1), isAsync, "key", () => "12.50 EUR");
        var changed = _processes.Start(schema: 2);

        Assert.Equal("1250", await Load(changed, isAsync, "key", () => "1250"));

        Assert.Equal((1, 1), (changed.Statistics.MissesFor(MissReason.SchemaChanged), changed.Statistics.Computed));
        Assert.Equal("1250", await Load(_processes.Start(schema: 2), isAsync, "key", Fail));
    }

    [Fact]
    public void D20_What_a_store_holds_is_data_and_makes_nothing_but_the_result()
    {
        byte[] payload = """{"$type":"System.IO.FileSystemWatcher, System.IO.FileSystem.Watcher","Text":"one","Extra":{"$type":"System.Diagnostics.Process"}}"""u8.ToArray();
        _processes.Store.Write(new StoredEntry
        {
            Key = SimulatedProcesses.KeyOf("key"),
            Method = SimulatedProcesses.Name,
            Content = new EntryHeader { Created = Time.GetUtcNow(), Schema = 1, Format = SimulatedProcesses.FormatOf<Note>() }.Encode(SimulatedProcesses.KeyOf("key"), payload),
        });

        var read = SimulatedProcesses.Start<Note>(_processes.NewMemoizer()).Call("key", _ => throw new InvalidOperationException());

        Assert.Equal(new Note("one", read.Extra), read);
        Assert.IsType<System.Text.Json.JsonElement>(read.Extra);
    }

    [Fact]
    public void A_corrupt_entry_is_logged_with_what_is_wrong()
    {
        _processes.Start().Call("key", _ => "one");
        Corrupt("key");

        _processes.Start().Call("key", _ => "two");

        var record = Assert.Single(_processes.Log.Records, record => record.EventId == 11);
        Assert.Contains("checksum", record.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 1)]
    [InlineData(false, 3)]
    [InlineData(true, 3)]
    public async Task An_entry_of_another_version_of_the_format_is_a_miss_once_and_no_error(bool isAsync, byte version)
    {
        await Load(_processes.Start(), isAsync, "key", () => "one");
        var entry = _processes.Store.Read(SimulatedProcesses.KeyOf("key")).Entry!;
        _processes.Store.Write(entry with { Content = OfVersion(version, entry) });
        var method = _processes.Start();
        Assert.Equal(MissReason.SchemaChanged, method.Explain("key").Reason);

        Assert.Equal("two", await Load(method, isAsync, "key", () => "two"));

        Assert.Equal((1, 0), (method.Statistics.MissesFor(MissReason.SchemaChanged), method.Statistics.MissesFor(MissReason.Corrupt)));
        Assert.Empty(_processes.Log.Records);
        Assert.Equal("two", await Load(_processes.Start(), isAsync, "key", Fail));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Content_of_another_key_is_corrupt(bool isAsync)
    {
        await Load(_processes.Start(), isAsync, "mine", () => "my secret");
        var mine = _processes.Store.Read(SimulatedProcesses.KeyOf("mine")).Entry!;
        _processes.Store.Write(mine with { Key = SimulatedProcesses.KeyOf("yours") });
        var method = _processes.Start();

        Assert.Equal("yours", await Load(method, isAsync, "yours", () => "yours"));

        Assert.Equal(1, method.Statistics.MissesFor(MissReason.Corrupt));
        Assert.Contains("another key's", Assert.Single(_processes.Log.Records).Message, StringComparison.Ordinal);
    }

    // Whatever key the store says that it is of.
    [Theory]
    [MemberData(nameof(Forms))]
    public async Task An_entry_of_another_key_is_corrupt(bool isAsync)
    {
        var plain = new InMemoryCacheStore(Time);
        await Load(_processes.Start(configure: options => options.Store = plain), isAsync, "mine", () => "my secret");
        var mine = plain.Read(SimulatedProcesses.KeyOf("mine")).Entry!;
        var method = _processes.Start(configure: options => options.Store = new Mistaken(plain, mine));

        Assert.Equal("yours", await Load(method, isAsync, "yours", () => "yours"));

        Assert.Equal(1, method.Statistics.MissesFor(MissReason.Corrupt));
    }

    // Who computes

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task D21_A_second_process_waits_for_the_first_and_takes_its_value(bool isAsync)
    {
        var gate = new Gate<string?>();
        var first = _processes.Start();
        var second = _processes.Start();
        var winner = isAsync ? first.CallAsync("key", _ => gate.Task) : Task.Run(() => first.Call("key", _ => gate.Task.Result));
        await gate.Entered;
        var waiter = Task.Run(() => Load(second, isAsync, "key", Fail));
        Threads.WaitUntil(() => second.LockCount == 1);

        gate.Open("one");

        Assert.Equal("one", await winner);
        Assert.Equal("one", await waiter);
        Assert.Equal((1, 0), (first.Statistics.Computed, second.Statistics.Computed));
        Assert.Equal((1, 1), (second.Statistics.Coalesced, second.Statistics.MissesFor(MissReason.NotFound)));
        Assert.Equal("one", await Load(second, isAsync, "key", Fail));
        Assert.Equal((0, 0), (first.LockCount, second.LockCount));
    }

    // The lock of a key is used again for the next.
    [Theory]
    [MemberData(nameof(Forms))]
    public async Task After_a_value_of_another_process_the_next_key_is_computed_like_any_other(bool isAsync)
    {
        var claim = _processes.ClaimAndDie("key");
        var method = _processes.Start();
        var waiter = Task.Run(() => Load(method, isAsync, "key", Fail));
        Threads.WaitUntil(() => Time.ActiveTimers > 0);
        _processes.Store.Complete(claim, EntryOf("theirs"));
        Assert.Equal("theirs", await waiter);

        Assert.Equal("mine", await Load(method, isAsync, "other", () => "mine"));

        Assert.Equal((1, 1), (method.Statistics.Coalesced, method.Statistics.Computed));
    }

    // It is there for those whose own computation fails.
    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_stale_entry_that_another_process_leaves_is_no_result(bool isAsync)
    {
        var policy = new CachePolicy<string?> { Duration = TimeSpan.FromMinutes(1), StaleOnError = TimeSpan.FromHours(1) };
        var claim = _processes.ClaimAndDie("key");
        var method = _processes.Start(policy);
        var call = Task.Run(() => Load(method, isAsync, "key", () => "fresh"));
        Threads.WaitUntil(() => method.LockCount == 1);
        var now = Time.GetUtcNow();
        var header = new EntryHeader { Created = now.AddMinutes(-10), Expires = now.AddMinutes(-9), StaleUntil = now.AddMinutes(51), Schema = 1, Format = SimulatedProcesses.FormatOf<string>() };

        Assert.True(_processes.Store.Complete(claim, EntryOf("stale") with { Content = header.Encode(claim.Key, "\"stale\""u8) }));

        Assert.Equal("fresh", await call);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Pruning_leaves_what_can_be_served_stale(bool isAsync)
    {
        var policy = new CachePolicy<string?> { Duration = TimeSpan.FromMinutes(1), StaleOnError = TimeSpan.FromHours(1) };
        await Load(_processes.Start(policy), isAsync, "key", () => "old");
        Time.Advance(TimeSpan.FromMinutes(60));

        Assert.Equal(0, _processes.Store.Prune());

        Assert.Equal("old", await Load(_processes.Start(policy), isAsync, "key", Fail));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_failure_frees_the_key_for_the_next_process(bool isAsync)
    {
        var gate = new Gate<string?>();
        var first = _processes.Start();
        var winner = isAsync ? first.CallAsync("key", _ => gate.Task) : Task.Run(() => first.Call("key", _ => gate.Wait()));
        await gate.Entered;
        var second = _processes.Start();
        var waiter = Task.Run(() => Load(second, isAsync, "key", () => "two"));
        Threads.WaitUntil(() => second.LockCount == 1);

        gate.Fail(new InvalidDataException("no"));

        await Assert.ThrowsAsync<InvalidDataException>(() => winner);
        Assert.Equal("two", await waiter);
        Assert.Equal(1, second.Statistics.Computed);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_result_that_is_not_to_be_kept_frees_the_key(bool isAsync)
    {
        var policy = new CachePolicy<string?> { When = (_, value) => value != "bad" };
        Assert.Equal("bad", await Load(_processes.Start(policy), isAsync, "key", () => "bad"));

        Assert.Equal("good", await Load(_processes.Start(policy), isAsync, "key", () => "good"));
        Assert.Equal("good", await Load(_processes.Start(policy), isAsync, "key", Fail));
    }

    // Whatever the store's own notification does, and however long the lease is.
    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Who_waits_for_another_process_looks_again_after_a_minute(bool isAsync)
    {
        var shared = new InMemoryClaimStore(Time, TimeSpan.FromDays(1));
        shared.TryClaim(new ClaimRequest { Key = SimulatedProcesses.KeyOf("key"), Method = SimulatedProcesses.Name });
        var store = new FaultingStore(shared.OfAnotherProcess());
        var method = _processes.Start(configure: options => options.Store = store);
        var waiter = Task.Run(() => Load(method, isAsync, "key", () => "mine"));
        Threads.WaitUntil(() => Time.ActiveTimers > 0);
        Assert.Equal(1, Looks());

        Time.Advance(TimeSpan.FromMinutes(1));

        Threads.WaitUntil(() => Looks() == 2 && Time.ActiveTimers > 0);
        Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal("mine", await waiter);

        int Looks() => store.Operations.Count(operation => operation == nameof(IClaimStore.TryClaim));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_dead_process_is_taken_over_from_when_its_lease_runs_out(bool isAsync)
    {
        var dead = _processes.ClaimAndDie("key");
        var method = _processes.Start();
        var waiter = Task.Run(() => Load(method, isAsync, "key", () => "mine"));
        Threads.WaitUntil(() => Time.ActiveTimers > 0);
        Assert.False(waiter.IsCompleted);

        Time.Advance(_processes.Store.LeaseDuration + TimeSpan.FromSeconds(1));

        Assert.Equal("mine", await waiter);
        Assert.False(_processes.Store.Complete(dead, EntryOf("late")));
        Assert.Equal("mine", await Load(_processes.Start(), isAsync, "key", Fail));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_lease_is_renewed_while_the_method_runs(bool isAsync)
    {
        var gate = new Gate<string?>();
        var method = _processes.Start();
        var call = isAsync ? method.CallAsync("key", _ => gate.Task) : Task.Run(() => method.Call("key", _ => gate.Wait()));
        await gate.Entered;

        for (int i = 0; i < 100; i++)
        {
            Time.Advance(_processes.Store.LeaseDuration / 4);
            Assert.True(_processes.Store.TryClaim(new() { Key = SimulatedProcesses.KeyOf("key"), Method = SimulatedProcesses.Name }).IsPending);
        }

        gate.Open("one");
        await call;
        Assert.Equal("one", await Load(_processes.Start(), isAsync, "key", Fail));
        Assert.Equal(0, Time.ActiveTimers);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_lease_is_renewed_while_the_result_is_serialized(bool isAsync)
    {
        var serializer = new SlowSerializer(() =>
        {
            for (int i = 0; i < 10; i++)
            {
                Time.Advance(_processes.Store.LeaseDuration / 4);
                Assert.True(_processes.Store.TryClaim(new() { Key = SimulatedProcesses.KeyOf("key"), Method = SimulatedProcesses.Name }).IsPending);
            }
        });
        var method = _processes.Start(configure: options => options.Serializer = serializer);

        Assert.Equal("one", await Load(method, isAsync, "key", () => "one"));

        Assert.Equal((0, 0), (method.Statistics.Refusals, method.Statistics.KeepFailures));
        Assert.Equal("one", await Load(_processes.Start(), isAsync, "key", Fail));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task D22_A_late_result_is_refused_and_kept_nowhere(bool isAsync)
    {
        var gate = new Gate<string?>();
        var paused = _processes.Start();
        var call = isAsync ? paused.CallAsync("key", _ => gate.Task) : Task.Run(() => paused.Call("key", _ => gate.Wait()));
        await gate.Entered;
        var other = _processes.Store.TryClaim(new() { Key = SimulatedProcesses.KeyOf("key"), Method = SimulatedProcesses.Name, TakeOver = true }).Claim!.Value;
        Assert.True(_processes.Store.Complete(other, EntryOf("theirs")));

        gate.Open("late");

        Assert.Equal("late", await call);
        Assert.Equal(1, paused.Statistics.Refusals);
        Assert.Equal("theirs", await Load(paused, isAsync, "key", Fail));
        Assert.Contains(_processes.Log.Records, record => record.EventId == 14);
    }

    [Fact]
    public async Task When_the_last_caller_has_left_the_claim_is_free_at_once()
    {
        var gate = new Gate<string?>();
        var method = _processes.Start();
        using var caller = new CancellationTokenSource();
        var call = method.CallAsync("key", _ => gate.Task, caller.Token);
        await gate.Entered;

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal("other", await _processes.Start().CallAsync("key", _ => Task.FromResult<string?>("other")));
        gate.Open("late");
        Threads.WaitUntil(() => method.Memoizer.Running.Count == 0);
        Assert.Equal("other", _processes.Start().Call("key", _ => Fail()));
    }

    [Fact]
    public void A_cancelled_synchronous_caller_frees_the_claim()
    {
        using var caller = new CancellationTokenSource();
        var method = _processes.Start();
        Assert.ThrowsAny<OperationCanceledException>(() => method.Call(
            "key",
            token =>
            {
                caller.Cancel();
                token.ThrowIfCancellationRequested();
                return "never";
            },
            caller.Token));

        Assert.Equal("other", _processes.Start().Call("key", _ => "other"));
        Assert.Equal((1, 0), (method.Statistics.Cancelled, method.LockCount));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_caller_that_is_cancelled_while_another_process_computes_leaves_at_once(bool isAsync)
    {
        _processes.ClaimAndDie("key");
        using var caller = new CancellationTokenSource();
        var method = _processes.Start();
        var call = Task.Run(() => Load(method, isAsync, "key", Fail, caller.Token));
        Threads.WaitUntil(() => Time.ActiveTimers > 0);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Threads.WaitUntil(() => method.LockCount == 0 && method.Memoizer.Running.Count == 0);
        Assert.Equal(1, method.Statistics.Cancelled);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Waiting_for_another_process_ends_with_the_wait_time_out(bool isAsync)
    {
        _processes.ClaimAndDie("key");
        var method = _processes.Start(new() { WaitTimeout = TimeSpan.FromSeconds(2) });
        var call = Task.Run(() => Load(method, isAsync, "key", Fail));
        Threads.WaitUntil(() => Time.ActiveTimers > 1);

        Time.Advance(TimeSpan.FromSeconds(2));

        var timeout = await Assert.ThrowsAsync<TimeoutException>(() => call);
        Assert.Contains("another process", timeout.Message, StringComparison.Ordinal);
        Assert.Equal((1, 0), (method.Statistics.Failed, method.LockCount));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task After_the_wait_time_out_a_caller_can_compute_for_itself(bool isAsync)
    {
        _processes.ClaimAndDie("key");
        var method = _processes.Start(new() { WaitTimeout = TimeSpan.FromSeconds(2), OnWaitTimeout = OnWaitTimeout.ComputeUncached });
        var call = Task.Run(() => Load(method, isAsync, "key", () => "mine"));
        Threads.WaitUntil(() => Time.ActiveTimers > 1);

        Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal("mine", await call);
        Assert.Equal((1, 0), (method.Statistics.Computed, method.Statistics.Entries));
        Assert.Equal(0, _processes.Store.Count());
    }

    // Writing and removing

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task An_invalidation_reaches_the_store_and_beats_a_computation_elsewhere(bool isAsync)
    {
        var gate = new Gate<string?>();
        var first = _processes.Start();
        var call = isAsync ? first.CallAsync("key", _ => gate.Task) : Task.Run(() => first.Call("key", _ => gate.Wait()));
        await gate.Entered;

        if (isAsync) await _processes.Start().InvalidateAsync("key");
        else _processes.Start().Invalidate("key");
        gate.Open("old");

        Assert.Equal("old", await call);
        Assert.Equal("new", await Load(first, isAsync, "key", () => "new"));
        Assert.Equal("new", await Load(_processes.Start(), isAsync, "key", Fail));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task What_is_set_is_stored_and_beats_a_computation_elsewhere(bool isAsync)
    {
        var gate = new Gate<string?>();
        var first = _processes.Start();
        var call = isAsync ? first.CallAsync("key", _ => gate.Task) : Task.Run(() => first.Call("key", _ => gate.Wait()));
        await gate.Entered;

        if (isAsync) await _processes.Start().SetAsync("key", "set");
        else _processes.Start().Set("key", "set");
        gate.Open("computed");

        Assert.Equal("computed", await call);
        Assert.Equal("set", await Load(first, isAsync, "key", Fail));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Clearing_a_method_leaves_the_others(bool isAsync)
    {
        var memoizer = _processes.NewMemoizer();
        var method = SimulatedProcesses.Start(memoizer);
        var other = SimulatedProcesses.Start(memoizer, name: "Tests.Other(string)");
        await Load(method, isAsync, "key", () => "one");
        await Load(other, isAsync, "key", () => "other");

        if (isAsync) await method.ClearAsync();
        else method.Clear();

        Assert.Equal(1, _processes.Store.Count());
        Assert.Equal("two", await Load(method, isAsync, "key", () => "two"));

        if (isAsync) await memoizer.ClearAsync();
        else memoizer.Clear();

        Assert.Equal(0, _processes.Store.Count());
        Assert.Equal("new", await Load(other, isAsync, "key", () => "new"));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Tags_reach_the_store_and_come_back_from_it(bool isAsync)
    {
        var first = _processes.Start();
        first.Set("red", "one", tags: ["red"]);
        first.Set("blue", "two", tags: ["blue"]);
        var later = _processes.Start();
        await Load(later, isAsync, "red", Fail);
        await Load(later, isAsync, "blue", Fail);

        if (isAsync) await later.Memoizer.InvalidateTagAsync("red");
        else later.Memoizer.InvalidateTag("red");

        Assert.Equal(1, _processes.Store.Count());
        Assert.Equal("new", await Load(later, isAsync, "red", () => "new"));
        Assert.Equal("two", await Load(later, isAsync, "blue", Fail));
    }

    [Fact]
    public async Task Shutting_down_leaves_the_store_as_it_is()
    {
        var method = _processes.Start();
        method.Call("key", _ => "one");

        await method.Memoizer.DisposeAsync();

        Assert.Equal("one", _processes.Start().Call("key", _ => Fail()));
    }

    [Fact]
    public void Pruning_prunes_the_store()
    {
        var method = _processes.Start(new() { Duration = TimeSpan.FromMinutes(1) });
        method.Call("key", _ => "one");
        Time.Advance(TimeSpan.FromMinutes(1) + TimeSpan.FromTicks(1));

        Assert.Equal(2, method.Memoizer.Prune());

        Assert.Equal(0, _processes.Store.Count());
    }

    // Refreshing

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_refresh_computes_whatever_the_store_has_and_whoever_computes(bool isAsync)
    {
        var gate = new Gate<string?>();
        var first = _processes.Start();
        var call = isAsync ? first.CallAsync("key", _ => gate.Task) : Task.Run(() => first.Call("key", _ => gate.Wait()));
        await gate.Entered;
        var second = _processes.Start();

        Assert.Equal("fresh", await Refresh(second, isAsync, "key", () => "fresh"));
        gate.Open("too early");

        Assert.Equal("too early", await call);
        Assert.Equal("fresh", await Load(_processes.Start(), isAsync, "key", Fail));
    }

    [Fact]
    public void A_refresh_in_the_background_takes_what_another_process_has_refreshed()
    {
        var policy = new CachePolicy<string?> { Duration = TimeSpan.FromMinutes(10), RefreshAfter = TimeSpan.FromMinutes(5) };
        var first = _processes.Start(policy);
        var second = _processes.Start(policy);
        first.Call("key", _ => "old");
        second.Call("key", _ => Fail());
        Time.Advance(TimeSpan.FromMinutes(6));
        first.StartRefresh("key", 0, static (_, _) => "new");
        Threads.WaitUntil(() => first.TryPeek("key", out string? value) && value == "new");

        second.StartRefresh("key", 0, static (_, _) => Fail());

        Threads.WaitUntil(() => second.TryPeek("key", out string? value) && value == "new");
        Threads.WaitUntil(() => second.LockCount == 0);
        Assert.DoesNotContain(_processes.Log.Records, record => record.EventId == 3);
    }

    [Theory]
    [InlineData(10, 9, 0.5, false)]
    [InlineData(null, 9, 0.5, true)]
    [InlineData(null, 9, 0.0, true)]
    public void A_life_that_goes_on_from_the_store_has_its_refresh_before_its_end(int? minutes, int refreshAfter, double jitter, bool hasItsOwn)
    {
        var policy = new CachePolicy<string?>
        {
            Duration = minutes is { } life ? TimeSpan.FromMinutes(life) : null,
            RefreshAfter = TimeSpan.FromMinutes(refreshAfter),
            Jitter = jitter,
            DurationFrom = hasItsOwn ? static (_, _) => TimeSpan.FromMinutes(5) : null,
        };
        var writer = _processes.Start(policy);
        string[] keys = [.. Enumerable.Range(0, 100).Select(static i => $"{i}")];
        foreach (string key in keys) writer.Call(key, _ => "value");
        var later = _processes.Start(policy);
        foreach (string key in keys)
        {
            later.Call(key, _ => Fail());
            Assert.Equal(writer.Explain(key).Expires, later.Explain(key).Expires);
        }

        // A moment before each ends, it is due.
        foreach (var (key, expires) in keys.Select(key => (key, later.Explain(key).Expires!.Value)).OrderBy(static end => end.Value))
        {
            Time.Advance(expires - TimeSpan.FromTicks(1) - Time.GetUtcNow());

            Assert.True(later.TryGet(key, out _, out bool refresh) && refresh);
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_value_in_the_store_that_is_due_for_its_refresh_is_served_and_refreshed_once(bool isAsync)
    {
        var policy = new CachePolicy<string?> { Duration = TimeSpan.FromMinutes(10), RefreshAfter = TimeSpan.FromMinutes(5) };
        await Load(_processes.Start(policy), isAsync, "key", () => "old");
        Time.Advance(TimeSpan.FromMinutes(5));
        var later = _processes.Start(policy);
        using var gate = new ManualResetEventSlim();
        int runs = 0;
        string Refresh()
        {
            Interlocked.Increment(ref runs);
            gate.Wait();
            return "new";
        }

        for (int i = 0; i < 20; i++)
        {
            // All are served while the refresh runs.
            Assert.Equal("old", await Load(later, isAsync, "key", Refresh));
            Threads.WaitUntil(() => runs == 1);
        }

        Assert.Equal(EntryState.Refreshing, later.Explain("key").State);
        gate.Set();
        Threads.WaitUntil(() => later.TryPeek("key", out string? value) && value == "new");
        Threads.WaitUntil(() => later.LockCount == 0);
        Assert.Equal(1, runs);
        Assert.Equal((20, 20, 0), (later.Statistics.Requests, later.Statistics.Hits, later.Statistics.Misses));
        Assert.Equal("new", await Load(_processes.Start(policy), isAsync, "key", Fail));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Callers_that_come_together_start_one_refresh_of_what_the_store_has(bool isAsync)
    {
        var policy = new CachePolicy<string?> { Duration = TimeSpan.FromMinutes(10), RefreshAfter = TimeSpan.FromMinutes(5) };
        for (int round = 0; round < 200; round++)
        {
            string key = $"{round}";
            await Load(_processes.Start(policy), isAsync, key, () => "old");
            Time.Advance(TimeSpan.FromMinutes(5));
            var later = _processes.Start(policy);
            int runs = 0;

            Threads.Run(4, _ => Assert.Contains(Load(later, isAsync, key, () => $"new {Interlocked.Increment(ref runs)}").GetAwaiter().GetResult(), new[] { "old", "new 1" }));

            Threads.WaitUntil(() => later.TryPeek(key, out string? value) && value == "new 1");
            Threads.WaitUntil(() => later.LockCount == 0);
            Assert.Equal(1, runs);
            Assert.Equal(0, later.Statistics.Misses - later.Statistics.Coalesced);
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_value_in_the_store_that_is_not_yet_due_is_only_served(bool isAsync)
    {
        var policy = new CachePolicy<string?> { Duration = TimeSpan.FromMinutes(10), RefreshAfter = TimeSpan.FromMinutes(5) };
        await Load(_processes.Start(policy), isAsync, "key", () => "old");
        Time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        var later = _processes.Start(policy);

        Assert.Equal("old", await Load(later, isAsync, "key", Fail));

        Assert.Equal(EntryState.Fresh, later.Explain("key").State);
        Assert.Equal((1, 0), (later.Statistics.StoreHits, later.LockCount));
    }

    [Fact]
    public async Task A_method_without_a_token_refreshes_what_the_store_has()
    {
        var policy = new CachePolicy<string?> { Duration = TimeSpan.FromMinutes(10), RefreshAfter = TimeSpan.FromMinutes(5) };
        _processes.Start(policy).Call("key", _ => "old");
        Time.Advance(TimeSpan.FromMinutes(6));
        var later = _processes.Start(policy);

        var turn = later.Enter("key", default);
        Assert.False(turn.TryGet(out _));
        string? served = await turn.ComputeAsync(0, static _ => new ValueTask<string?>("new"));
        turn.Dispose();

        Assert.Equal("old", served);
        Threads.WaitUntil(() => later.TryPeek("key", out string? value) && value == "new");
        Threads.WaitUntil(() => later.LockCount == 0);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_refresh_of_what_the_store_has_that_fails_leaves_it(bool isAsync)
    {
        var policy = new CachePolicy<string?> { Duration = TimeSpan.FromMinutes(10), RefreshAfter = TimeSpan.FromMinutes(5) };
        await Load(_processes.Start(policy), isAsync, "key", () => "old");
        Time.Advance(TimeSpan.FromMinutes(6));
        var later = _processes.Start(policy);

        Assert.Equal("old", await Load(later, isAsync, "key", Fail));

        Threads.WaitUntil(() => _processes.Log.Records.Any(record => record.EventId == 3) && later.Explain("key").State == EntryState.Fresh);
        Assert.Equal("old", await Load(later, isAsync, "key", Fail));
        Assert.Equal(0, later.Statistics.Failed);
    }

    // Stale values

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_stale_value_in_the_store_stands_in_for_a_failure(bool isAsync)
    {
        var policy = new CachePolicy<string?> { Duration = TimeSpan.FromMinutes(1), StaleOnError = TimeSpan.FromHours(1) };
        await Load(_processes.Start(policy), isAsync, "key", () => "old");
        Time.Advance(TimeSpan.FromMinutes(30));
        var later = _processes.Start(policy);

        Assert.Equal("old", await Load(later, isAsync, "key", Fail));
        Assert.Equal((1, 1), (later.Statistics.Stale, later.Statistics.MissesFor(MissReason.Expired)));

        Time.Advance(TimeSpan.FromMinutes(31));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await Load(_processes.Start(policy), isAsync, "key", Fail));
    }

    [Fact]
    public async Task A_stale_value_in_the_store_is_taken_after_the_soft_time_out()
    {
        var policy = new CachePolicy<string?> { Duration = TimeSpan.FromMinutes(1), StaleOnError = TimeSpan.FromHours(1), SoftTimeout = TimeSpan.FromSeconds(1) };
        _processes.Start(policy).Call("key", _ => "old");
        Time.Advance(TimeSpan.FromMinutes(30));
        var gate = new Gate<string?>();
        var later = _processes.Start(policy);
        var call = later.CallAsync("key", _ => gate.Task);
        await gate.Entered;

        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("old", await call);
        gate.Open("new");
        Threads.WaitUntil(() => later.Memoizer.Running.Count == 0);
        Assert.Equal("new", await _processes.Start(policy).CallAsync("key", _ => throw new InvalidOperationException()));
    }

    // What cannot be stored

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_result_that_cannot_be_written_stays_in_memory(bool isAsync)
    {
        var method = _processes.Start(configure: options => options.Serializer = new BrokenSerializer());

        Assert.Equal("one", await Load(method, isAsync, "key", () => "one"));

        Assert.Equal("one", await Load(method, isAsync, "key", Fail));
        Assert.Equal((1, 0), (method.Statistics.KeepFailures, method.Statistics.StoreFailures));
        Assert.Contains(_processes.Log.Records, record => record.EventId == 15);
        Assert.Equal("other", await Load(_processes.Start(), isAsync, "key", () => "other"));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task An_entry_that_cannot_be_read_is_corrupt(bool isAsync)
    {
        _processes.Store.Write(new StoredEntry
        {
            Key = SimulatedProcesses.KeyOf("key"),
            Method = SimulatedProcesses.Name,
            Content = new EntryHeader { Created = Time.GetUtcNow(), Schema = 1, Format = SimulatedProcesses.FormatOf<List<int>>() }.Encode(SimulatedProcesses.KeyOf("key"), "\"one\""u8),
        });
        var method = SimulatedProcesses.Start<List<int>>(_processes.NewMemoizer());

        Assert.Equal([1], isAsync ? await method.CallAsync("key", _ => Task.FromResult<List<int>>([1])) : method.Call("key", _ => [1]));

        Assert.Equal(1, method.Statistics.MissesFor(MissReason.Corrupt));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_key_that_cannot_be_written_stays_in_memory_and_harms_no_other(bool isAsync)
    {
        var form = new StoredForm<TextKey> { WriteKey = static (key, writer) => writer.Write(key.Text == "odd" ? throw new NotSupportedException("Not this one.") : key), Schema = 1 };
        var method = new CachedMethodDefinition<TextKey, string?>(SimulatedProcesses.Name, new(), form).For(_processes.NewMemoizer());

        Assert.Equal("one", await Load(method, isAsync, "odd", () => "one"));
        Assert.Equal("one", await Load(method, isAsync, "odd", Fail));
        Assert.Equal("two", await Load(method, isAsync, "even", () => "two"));

        Assert.Equal((1, 0), (_processes.Store.Count(), method.Statistics.StoreFailures));
        Assert.Single(_processes.Log.Records, record => record.EventId == 7);
        method.Set("odd", "set");
        Assert.Equal("set", await Load(method, isAsync, "odd", Fail));
        method.Invalidate("odd");
        Assert.Equal("new", await Load(method, isAsync, "odd", () => "new"));
    }

    // Which store

    [Fact]
    public void A_method_can_have_a_store_of_its_own_or_none()
    {
        var special = new InMemoryClaimStore(Time);
        var memoizer = _processes.NewMemoizer(options => options.Stores["special"] = special);

        SimulatedProcesses.Start(memoizer, new() { Store = "special" }, name: "Special").Call("key", _ => "one");
        SimulatedProcesses.Start(memoizer, new() { Store = CacheStores.MemoryOnly }, name: "Memory").Call("key", _ => "one");

        Assert.Equal((1, 0), (special.Count(), _processes.Store.Count()));
    }

    [Fact]
    public void A_store_that_is_not_there_is_named_with_those_that_are()
    {
        var memoizer = _processes.NewMemoizer(options => options.Stores["disk"] = new InMemoryClaimStore(Time));

        var refused = Assert.Throws<ArgumentException>(() => SimulatedProcesses.Start(memoizer, new() { Store = "disc" }));

        Assert.Contains(SimulatedProcesses.Name, refused.Message, StringComparison.Ordinal);
        Assert.Contains("\"disc\"", refused.Message, StringComparison.Ordinal);
        Assert.Contains("\"disk\"", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_method_without_a_stored_form_stays_in_memory_and_says_so_once()
    {
        var memoizer = _processes.NewMemoizer();
        var method = ByHand.Method<string, string>(memoizer: memoizer);

        method.Call("key", _ => "one");
        method.Call("other", _ => "one");

        Assert.Equal(0, _processes.Store.Count());
        Assert.Single(_processes.Log.Records, record => record.EventId == 12);
        Assert.Throws<ArgumentException>(() => ByHand.Method<string, string>(new() { Store = "disk" }, _processes.NewMemoizer(options => options.Stores["disk"] = new InMemoryClaimStore(Time))));
    }

    [Fact]
    public void Stores_are_validated()
    {
        Assert.Throws<ArgumentException>(() => _processes.NewMemoizer(options => options.Stores[""] = _processes.Store));
        Assert.Throws<ArgumentException>(() => _processes.NewMemoizer(options => options.Stores[CacheStores.MemoryOnly] = _processes.Store));
        Assert.Throws<ArgumentException>(() => _processes.NewMemoizer(options => options.Stores["none"] = null!));
        Assert.Throws<ArgumentException>(() => _processes.NewMemoizer(options => options.Stores = null!));
    }

    // Asking

    [Fact]
    public void Peeking_and_explaining_look_into_the_store_and_change_nothing()
    {
        var policy = new CachePolicy<string?> { Duration = TimeSpan.FromMinutes(5), StaleOnError = TimeSpan.FromMinutes(5) };
        _processes.Start(policy).Call("key", _ => "one");
        var created = Time.GetUtcNow();
        Time.Advance(TimeSpan.FromMinutes(1));
        var later = _processes.Start(policy);

        var fresh = later.Explain("key");

        Assert.Equal((EntryState.Fresh, EntryLevel.Store, null), (fresh.State, fresh.Level, fresh.Reason));
        Assert.Equal((created, created + TimeSpan.FromMinutes(5), created + TimeSpan.FromMinutes(10)), (fresh.Created, fresh.Expires, fresh.StaleUntil));
        Assert.True(later.TryPeek("key", out string? value));
        Assert.Equal("one", value);
        Assert.Equal((0, 0), (later.Statistics.Requests, later.Statistics.Entries));

        Time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal((EntryState.Stale, MissReason.Expired), (later.Explain("key").State, later.Explain("key").Reason));
        Assert.False(later.TryPeek("key", out _));
        Assert.Equal(EntryState.Absent, later.Explain("other").State);
    }

    [Fact]
    public void Arguments_are_in_the_store_only_if_that_is_asked_for()
    {
        _processes.Start().Call("secret", _ => "one");
        _processes.Start(configure: options => options.StoreReadableKeys = true).Call("public", _ => "two");

        Assert.Equal((string?[])[null, "public"], _processes.Store.Enumerate().Select(entry => entry.ReadableKey).Order(StringComparer.Ordinal));
    }

    // Stores without claims

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Memoizers_of_one_process_share_the_claims_of_a_plain_store(bool isAsync)
    {
        var plain = new InMemoryCacheStore(Time);
        var gate = new Gate<string?>();
        var first = _processes.Start(configure: options => options.Store = plain);
        var second = _processes.Start(configure: options => options.Store = plain);
        var winner = isAsync ? first.CallAsync("key", _ => gate.Task) : Task.Run(() => first.Call("key", _ => gate.Wait()));
        await gate.Entered;
        var waiter = Task.Run(() => Load(second, isAsync, "key", Fail));
        Threads.WaitUntil(() => second.LockCount == 1);

        gate.Open("one");

        Assert.Equal("one", await winner);
        Assert.Equal("one", await waiter);
        Assert.Equal("one", await Load(_processes.Start(configure: options => options.Store = plain), isAsync, "key", Fail));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Invalidating_a_plain_store_beats_a_computation(bool isAsync)
    {
        var plain = new InMemoryCacheStore(Time);
        var gate = new Gate<string?>();
        var method = _processes.Start(configure: options => options.Store = plain);
        var call = isAsync ? method.CallAsync("key", _ => gate.Task) : Task.Run(() => method.Call("key", _ => gate.Wait()));
        await gate.Entered;

        method.Invalidate("key");
        gate.Open("old");

        Assert.Equal("old", await call);
        Assert.Equal(0, plain.Count());
        Assert.Equal("new", await Load(method, isAsync, "key", () => "new"));
    }

    private static Task<string?> Refresh(CachedMethod<TextKey, string?> method, bool isAsync, string key, Func<string?> core)
    {
        return isAsync ? RefreshAsync() : Task.FromResult(Refresh());

        string? Refresh()
        {
            using var turn = method.EnterToRefresh(key, default);
            return turn.TryGet(out string? value) ? value : turn.Compute(core, static (core, _) => core());
        }

        async Task<string?> RefreshAsync()
        {
            using var turn = await method.EnterToRefreshAsync(key, default);
            return turn.TryGet(out string? value) ? value : await turn.ComputeAsync(core, static (core, _) => new(core()));
        }
    }

    private static StoredEntry EntryOf(string value) => new()
    {
        Key = SimulatedProcesses.KeyOf("key"),
        Method = SimulatedProcesses.Name,
        Content = new EntryHeader { Created = DateTimeOffset.UnixEpoch, Schema = 1, Format = SimulatedProcesses.FormatOf<string>() }.Encode(SimulatedProcesses.KeyOf("key"), System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(value)),
    };

    private void Corrupt(string key)
    {
        var entry = _processes.Store.Read(SimulatedProcesses.KeyOf(key)).Entry!;
        byte[] content = entry.Content.ToArray();
        content[^1] ^= 1;
        _processes.Store.Write(entry with { Content = content });
    }

    private static byte[] OfVersion(byte version, StoredEntry entry)
    {
        byte[] content = entry.Content.ToArray();
        content[4] = version;
        byte[] key = version == 1 ? [] : entry.Key.ToArray();
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(8), Crc32C.Of(key, content.AsSpan(0, 8), content.AsSpan(12)));
        return content;
    }

    /// <summary>A store that answers with the same entry to whatever it is asked.</summary>
    private sealed class Mistaken(ICacheStore store, StoredEntry answer) : DelegatingStore(store)
    {
        public override StoreLook Read(StoreKey key) => new(answer);

        public override ValueTask<StoreLook> ReadAsync(StoreKey key, CancellationToken cancellationToken = default) => new(Read(key));
    }

    private sealed record Note(string Text, object Extra);

    private sealed class OtherFormat : ICacheSerializer
    {
        private readonly JsonCacheSerializer _json = new(System.Text.Json.JsonSerializerOptions.Default);

        public string Format => "other";

        public void Serialize<T>(T value, System.Buffers.IBufferWriter<byte> destination) => _json.Serialize(value, destination);

        public T? Deserialize<T>(ReadOnlySpan<byte> payload) => _json.Deserialize<T>(payload);
    }

    private sealed class SlowSerializer(Action meanwhile) : ICacheSerializer
    {
        private readonly JsonCacheSerializer _json = new(System.Text.Json.JsonSerializerOptions.Default);

        public string Format => _json.Format;

        public string FormatOf<T>() => _json.FormatOf<T>();

        public void Serialize<T>(T value, System.Buffers.IBufferWriter<byte> destination)
        {
            meanwhile();
            _json.Serialize(value, destination);
        }

        public T? Deserialize<T>(ReadOnlySpan<byte> payload) => _json.Deserialize<T>(payload);
    }

    private sealed class BrokenSerializer : ICacheSerializer
    {
        public string Format => "json";

        public void Serialize<T>(T value, System.Buffers.IBufferWriter<byte> destination) => throw new NotSupportedException("Not this type.");

        public T? Deserialize<T>(ReadOnlySpan<byte> payload) => throw new NotSupportedException("Not this type.");
    }
}
