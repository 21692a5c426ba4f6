using Memoize.Testing;

namespace Memoize.Tests.Stores;

/// <summary>Export and import by a memoizer: which store, and what becomes of its memory.</summary>
public sealed class MemoizerArchiveTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Entries_move_from_the_store_of_one_memoizer_to_a_named_store_of_another()
    {
        var (main, named) = (new ListedStore(), new ListedStore());
        main.Entries.Add(Entry("Tests.Method"));
        using var one = MemoizerWith(main);
        using var two = MemoizerWith(store: null, ("archive", named));
        var file = new MemoryStream();

        var exported = await one.ExportAsync(file);
        file.Position = 0;
        var imported = await two.ImportAsync(file, "archive");

        Assert.Equal((1, 1), (exported.Exported, imported.Imported));
        Assert.Equal(main.Entries[0].Key, Assert.Single(named.Entries).Key);
    }

    [Fact]
    public async Task Without_a_store_the_message_says_what_to_set()
    {
        using var without = MemoizerWith(store: null);
        using var with = MemoizerWith(new ListedStore(), ("big", new ListedStore()), ("archive", new ListedStore()));

        var none = await Assert.ThrowsAsync<InvalidOperationException>(() => without.ExportAsync(new MemoryStream()));
        await Assert.ThrowsAsync<InvalidOperationException>(() => without.ImportAsync(new MemoryStream()));
        var noneOfTheName = await Assert.ThrowsAsync<InvalidOperationException>(() => with.ImportAsync(new MemoryStream(), "bog"));

        Assert.Equal("The memoizer has no store: its results are in memory only. Set MemoizerOptions.Store, or give the name of one of MemoizerOptions.Stores.", none.Message);
        Assert.Equal("The memoizer has no store with the name \"bog\" (it has \"archive\", \"big\"). Add it to MemoizerOptions.Stores, or give no name for MemoizerOptions.Store.", noneOfTheName.Message);
    }

    [Fact]
    public async Task The_methods_of_what_was_imported_let_go_of_what_they_have_in_memory_and_others_do_not()
    {
        using var memoizer = MemoizerWith(new ListedStore());
        var imported = ByHand.Method<string, int>(memoizer: memoizer, name: "Tests.Imported");
        var other = ByHand.Method<string, int>(memoizer: memoizer, name: "Tests.Other");
        imported.Set("key", 1);
        other.Set("key", 1);

        await memoizer.ImportAsync(new MemoryStream(await ArchiveOf(Entry("Tests.Imported"))));

        Assert.False(imported.TryPeek("key", out _));
        Assert.True(other.TryPeek("key", out _));
    }

    [Fact]
    public async Task What_came_in_before_an_import_failed_is_not_hidden_either()
    {
        var store = new ListedStore();
        using var memoizer = MemoizerWith(store);
        var method = ByHand.Method<string, int>(memoizer: memoizer, name: "Tests.Imported");
        method.Set("key", 1);
        byte[] archive = await ArchiveOf(Entry("Tests.Imported"));

        await Assert.ThrowsAsync<CacheArchiveException>(() => memoizer.ImportAsync(new MemoryStream(archive[..^1])));

        Assert.Single(store.Entries);
        Assert.False(method.TryPeek("key", out _));
    }

    [Fact]
    public async Task What_another_machine_computed_later_is_served_after_an_import_without_computing()
    {
        var (here, there) = (new SimulatedProcesses(), new SimulatedProcesses());
        var method = here.Start();
        Assert.Equal("older", method.Call("key", static _ => "older"));
        there.Time.Advance(TimeSpan.FromMinutes(1));
        there.Start().Call("key", static _ => "newer");
        var file = new MemoryStream();
        await CacheArchive.ExportAsync(there.Store, file, timeProvider: there.Time);
        file.Position = 0;

        var result = await method.Memoizer.ImportAsync(file);

        Assert.Equal(1, result.Imported);
        Assert.Equal("newer", method.Call("key", static _ => throw new InvalidOperationException("The method ran.")));
        Assert.Equal(1, method.Statistics.StoreHits);
    }

    [Fact]
    public async Task A_computation_that_began_before_an_import_does_not_overwrite_what_came_in()
    {
        var (here, there) = (new SimulatedProcesses(), new SimulatedProcesses());
        var method = here.Start();
        var gate = new TaskCompletionSource<string?>();
        there.Time.Advance(TimeSpan.FromMinutes(1));
        there.Start().Call("key", static _ => "imported");
        var file = new MemoryStream();
        await CacheArchive.ExportAsync(there.Store, file, timeProvider: there.Time);
        file.Position = 0;

        var running = method.CallAsync("key", _ => gate.Task);
        await method.Memoizer.ImportAsync(file);
        gate.SetResult("computed");

        Assert.Equal("computed", await running);
        Assert.Equal("imported", method.Call("key", static _ => throw new InvalidOperationException("The method ran.")));
    }

    [Fact]
    public async Task Time_is_the_memoizers()
    {
        var store = new ListedStore();
        store.Entries.Add(Entry("Tests.Method"));
        using var memoizer = MemoizerWith(store);

        var before = await memoizer.ExportAsync(new MemoryStream());
        _time.Advance(TimeSpan.FromHours(1));
        var after = await memoizer.ExportAsync(new MemoryStream());

        Assert.Equal((1, 0), (before.Exported, before.Expired));
        Assert.Equal((0, 1), (after.Exported, after.Expired));
    }

    private async Task<byte[]> ArchiveOf(params StoredEntry[] entries)
    {
        var store = new ListedStore();
        store.Entries.AddRange(entries);
        var stream = new MemoryStream();
        await CacheArchive.ExportAsync(store, stream, timeProvider: _time);
        return stream.ToArray();
    }

    private StoredEntry Entry(string method)
    {
        var end = _time.GetUtcNow().AddHours(1);
        return new StoredEntry
        {
            Key = CacheArchiveTests.Key(1),
            Method = method,
            Content = new EntryHeader { Created = _time.GetUtcNow(), Expires = end, StaleUntil = end, Schema = 1, Format = "json" }.Encode(CacheArchiveTests.Key(1), "1"u8),
        };
    }

    private Memoizer MemoizerWith(ICacheStore? store, params (string Name, ICacheStore Store)[] named) => new(new MemoizerOptions
    {
        TimeProvider = _time,
        Store = store,
        Stores = named.ToDictionary(static pair => pair.Name, static pair => pair.Store, StringComparer.Ordinal),
    });
}
