using System.Buffers.Binary;
using System.Text;
using Memoize.Testing;

namespace Memoize.Tests.Stores;

public sealed class CacheArchiveTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Every_part_of_an_entry_comes_through()
    {
        var store = new ListedStore();
        store.Entries.Add(Entry(1, tags: ["a", "ü", ""], readableKey: "(\"Ada\", 1)"));
        store.Entries.Add(Entry(2) with { Content = Header().Encode(Key(2), new byte[3_000_000]) });
        store.Entries.Add(Entry(3) with { Content = Header().Encode(Key(3), []), Method = "" });
        var other = new ListedStore();

        var exported = await CacheArchive.ExportAsync(store, new MemoryStream(), timeProvider: _time);
        var imported = await CacheArchive.ImportAsync(other, new MemoryStream(await ArchiveOf(store)), timeProvider: _time);

        Assert.Equal(3, exported.Exported);
        Assert.Equal(3, imported.Imported);
        Assert.Equal(0, exported.Expired + exported.Skipped + imported.Expired + imported.Skipped + imported.Unchanged);
        Assert.Equal(store.Entries.Select(Parts), other.Entries.Select(Parts));

        static string Parts(StoredEntry entry) => $"{entry.Key} {entry.Method} {entry.ReadableKey} {entry.Tags.Count} {string.Join('|', entry.Tags)} {Convert.ToBase64String(entry.Content.Span)}";
    }

    [Fact]
    public async Task An_empty_store_is_an_archive_without_records()
    {
        byte[] archive = await ArchiveOf(new ListedStore());

        Assert.Equal(28, archive.Length);
        Assert.Equal(0, (await CacheArchive.ImportAsync(new ListedStore(), new MemoryStream(archive))).Imported);
    }

    [Fact]
    public async Task A_pipe_will_do_and_nothing_is_read_beyond_the_end()
    {
        var store = StoreOf(5);
        byte[] archive = await ArchiveOf(store);
        var pipe = new TrickleStream([.. archive, 1, 2, 3]);
        var other = new ListedStore();

        await CacheArchive.ImportAsync(other, pipe, timeProvider: _time);

        Assert.Equal(5, other.Entries.Count);
        Assert.Equal(archive.Length, pipe.BytesRead);
    }

    [Fact]
    public async Task The_bytes_are_those_that_the_documentation_describes()
    {
        var store = new ListedStore();
        var entry = Entry(7, tags: ["t"], readableKey: "r");
        store.Entries.Add(entry);

        byte[] archive = await ArchiveOf(store);

        byte[] record = [.. entry.Key.ToArray(), 1, 0, 0, 0, (byte)'M', 1, 1, 0, 0, 0, (byte)'r', 1, 0, 0, 0, 1, 0, 0, 0, (byte)'t', (byte)entry.Content.Length, 0, 0, 0, .. entry.Content.Span];
        Assert.Equal(
            [
                .. "MEMOARCH"u8, 1, 0, 0, 0,
                (byte)record.Length, 0, 0, 0, .. Checksum(record), .. record,
                0xFF, 0xFF, 0xFF, 0xFF, .. Checksum([1, 0, 0, 0, 0, 0, 0, 0]), 1, 0, 0, 0, 0, 0, 0, 0,
            ],
            archive);
    }

    [Fact]
    public async Task What_can_never_be_served_again_is_left_out_of_exports_and_imports()
    {
        var now = _time.GetUtcNow();
        var store = new ListedStore();
        store.Entries.Add(Entry(1) with { Content = Content(1, expires: now, staleUntil: now) });
        store.Entries.Add(Entry(2) with { Content = Content(2, expires: now, staleUntil: now.AddMinutes(1)) });
        store.Entries.Add(Entry(3) with { Content = Content(3, expires: now.AddMinutes(2), staleUntil: now.AddMinutes(2)) });
        store.Entries.Add(Entry(4));
        var file = new MemoryStream();
        var other = new ListedStore();

        var exported = await CacheArchive.ExportAsync(store, file, timeProvider: _time);
        _time.Advance(TimeSpan.FromMinutes(1));
        file.Position = 0;
        var imported = await CacheArchive.ImportAsync(other, file, timeProvider: _time);

        Assert.Equal((3, 1), (exported.Exported, exported.Expired));
        Assert.Equal((2, 1), (imported.Imported, imported.Expired));
        Assert.Equal([Key(3), Key(4)], other.Entries.Select(static entry => entry.Key));
    }

    [Fact]
    public async Task Importing_again_changes_nothing()
    {
        byte[] archive = await ArchiveOf(StoreOf(4));
        var other = new ListedStore();
        await CacheArchive.ImportAsync(other, new MemoryStream(archive), timeProvider: _time);

        var again = await CacheArchive.ImportAsync(other, new MemoryStream(archive), timeProvider: _time);

        Assert.Equal((0, 4), (again.Imported, again.Unchanged));
        Assert.Equal(4, other.Writes);
    }

    [Fact]
    public async Task The_newest_entry_of_a_key_stays_and_a_damaged_or_dead_one_gives_way()
    {
        var now = _time.GetUtcNow();
        var store = StoreOf(4);
        var other = new ListedStore();
        other.Entries.Add(Entry(0) with { Content = Content(0, created: now.AddSeconds(1)) });
        other.Entries.Add(Entry(1) with { Content = Content(1, created: now.AddSeconds(-1)) });
        other.Entries.Add(Entry(2) with { Content = Content(2, created: now.AddSeconds(1), expires: now, staleUntil: now) });
        other.Entries.Add(Entry(3) with { Content = new byte[10] });

        var result = await CacheArchive.ImportAsync(other, new MemoryStream(await ArchiveOf(store)), timeProvider: _time);

        Assert.Equal((3, 1), (result.Imported, result.Unchanged));
        Assert.Equal(store.Entries.Skip(1).Select(static entry => entry.Content.ToArray()), other.Entries.Skip(1).Select(static entry => entry.Content.ToArray()));
    }

    [Fact]
    public async Task Damaged_entries_are_skipped_and_reported_and_end_nothing()
    {
        var store = StoreOf(3);
        byte[] damaged = store.Entries[1].Content.ToArray();
        damaged[^1] ^= 1;
        store.Entries[1] = store.Entries[1] with { Content = damaged };
        var progress = new Reports();
        var file = new MemoryStream();

        var result = await CacheArchive.ExportAsync(store, file, progress, _time);

        Assert.Equal((2, 1), (result.Exported, result.Skipped));
        Assert.Equal(new SkippedEntry(Key(1), "M", "Its checksum is wrong: it was damaged, or is another key's."), Assert.Single(result.SkippedEntries));
        Assert.Equal([1, 2, 3], progress);
    }

    [Fact]
    public async Task A_store_full_of_damage_is_counted_but_not_listed_in_full()
    {
        var store = new ListedStore();
        for (int i = 0; i < 250; i++) store.Entries.Add(Entry(i) with { Content = new byte[1] });

        var result = await CacheArchive.ExportAsync(store, new MemoryStream());

        Assert.Equal(250, result.Skipped);
        Assert.Equal(100, result.SkippedEntries.Count);
    }

    [Fact]
    public async Task A_whole_record_with_an_entry_that_is_none_is_skipped_on_import()
    {
        byte[] archive = await ArchiveOf(StoreOf(2));
        byte[] body = archive[20..^16];
        var (record, second) = (body[..((body.Length - 8) / 2)], body[((body.Length - 8) / 2)..]);
        record[^1] ^= 1;

        var progress = new Reports();
        var other = new ListedStore();
        var result = await CacheArchive.ImportAsync(other, new MemoryStream([.. archive[..16], .. Checksum(record), .. record, .. second, .. archive[^16..]]), progress, _time);

        Assert.Equal((1, 1), (result.Imported, result.Skipped));
        Assert.Equal(Key(0), Assert.Single(result.SkippedEntries).Key);
        Assert.Equal([1, 2], progress);
    }

    [Fact]
    public async Task An_archive_that_is_cut_off_anywhere_says_so_and_how_many_entries_came_in()
    {
        byte[] archive = await ArchiveOf(StoreOf(3));
        int record = (archive.Length - 28) / 3;
        for (int length = 0; length < archive.Length; length++)
        {
            var other = new ListedStore();

            var failure = await Assert.ThrowsAsync<CacheArchiveException>(() => CacheArchive.ImportAsync(other, new TrickleStream(archive[..length]), timeProvider: _time));

            int whole = Math.Max(0, length - 12) / record;
            Assert.Equal(whole, other.Entries.Count);
            Assert.Equal(whole, failure.Imported);
            Assert.Equal(length < 12 ? 0 : 12 + (whole * record), failure.Position);
            Assert.Contains(length == 0 ? "not a single byte" : "cut off", failure.Message, StringComparison.Ordinal);
            Assert.Contains(whole == 0 ? "Nothing was imported." : $"Entries imported before that: {whole}.", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_bit_that_has_changed_anywhere_is_noticed()
    {
        byte[] archive = await ArchiveOf(StoreOf(2));
        for (int bit = 0; bit < 8 * archive.Length; bit++)
        {
            byte[] damaged = [.. archive];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));

            var failure = await Assert.ThrowsAsync<CacheArchiveException>(() => CacheArchive.ImportAsync(new ListedStore(), new MemoryStream(damaged), timeProvider: _time));

            Assert.InRange(failure.Position, 0, bit / 8);
        }
    }

    [Theory]
    [InlineData("SQLite format 3\0 and so on")]
    [InlineData("{}")]
    [InlineData("MEMOARCX\u0001\0\0\0")]
    public async Task What_is_no_archive_is_refused(string text)
    {
        var failure = await Assert.ThrowsAsync<CacheArchiveException>(() => CacheArchive.ImportAsync(new ListedStore(), new MemoryStream(Encoding.UTF8.GetBytes(text))));

        Assert.StartsWith("It is no archive", failure.Message, StringComparison.Ordinal);
        Assert.IsAssignableFrom<FormatException>(failure);
    }

    [Fact]
    public async Task An_archive_of_a_later_version_is_refused_by_its_version()
    {
        byte[] archive = await ArchiveOf(StoreOf(1));
        archive[8] = 2;

        var failure = await Assert.ThrowsAsync<CacheArchiveException>(() => CacheArchive.ImportAsync(new ListedStore(), new MemoryStream(archive)));

        Assert.StartsWith("The archive is of version 2 of the format; this library reads version 1.", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x3FFF_FFFFu, "cut off")]
    [InlineData(0x4000_0001u, "no record has more than")]
    [InlineData(0xFFFF_FFFEu, "no record has more than")]
    public async Task A_forged_length_costs_no_memory(uint length, string message)
    {
        byte[] archive = [.. (await ArchiveOf(new ListedStore()))[..12], 0, 0, 0, 0, 9, 9, 9, 9, 1, 2, 3];
        BinaryPrimitives.WriteUInt32LittleEndian(archive.AsSpan(12), length);
        long before = GC.GetAllocatedBytesForCurrentThread();

        var failure = await Assert.ThrowsAsync<CacheArchiveException>(() => CacheArchive.ImportAsync(new ListedStore(), new MemoryStream(archive)));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        Assert.Equal(12, failure.Position);
    }

    [Theory]
    [InlineData(32, int.MaxValue)] // the method
    [InlineData(32, -1)]
    [InlineData(38, int.MaxValue)] // the number of tags
    [InlineData(38, -1)]
    [InlineData(42, 0)] // the content
    [InlineData(42, -1)]
    public async Task Forged_lengths_inside_a_record_are_refused_although_its_checksum_is_right(int offset, int value)
    {
        byte[] archive = await ArchiveOf(StoreOf(1));
        byte[] record = archive[20..^16];
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(offset), value);

        var failure = await Assert.ThrowsAsync<CacheArchiveException>(
            () => CacheArchive.ImportAsync(new ListedStore(), new MemoryStream([.. archive[..16], .. Checksum(record), .. record, .. archive[^16..]])));

        Assert.Contains("record 1, at byte 12, cannot be read. Its parts do not fit into it.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Records_that_were_taken_out_are_missed_at_the_end()
    {
        byte[] archive = await ArchiveOf(StoreOf(3));
        int record = (archive.Length - 28) / 3;

        var failure = await Assert.ThrowsAsync<CacheArchiveException>(
            () => CacheArchive.ImportAsync(new ListedStore(), new MemoryStream([.. archive[..12], .. archive[(12 + record)..]]), timeProvider: _time));

        Assert.Contains("says that it has 3 entries, and there are 2.", failure.Message, StringComparison.Ordinal);
        Assert.Equal(2, failure.Imported);
    }

    [Fact]
    public async Task A_store_that_fails_on_the_way_says_how_many_entries_came_in()
    {
        var other = new ListedStore { WritesBeforeFailure = 2 };
        byte[] archive = await ArchiveOf(StoreOf(4));

        var failure = await Assert.ThrowsAsync<CacheStoreException>(() => CacheArchive.ImportAsync(other, new MemoryStream(archive), timeProvider: _time));

        Assert.StartsWith($"The store did not take entry {Key(2)} of M: The disk is full. Entries imported before that: 2.", failure.Message, StringComparison.Ordinal);
        Assert.IsType<InvalidOperationException>(failure.InnerException);
    }

    [Fact]
    public async Task A_cancelled_import_or_export_ends_as_cancelled()
    {
        using var cancellation = new CancellationTokenSource();
        byte[] archive = await ArchiveOf(StoreOf(4));
        var other = new ListedStore();
        var afterTwo = new Reports(done => { if (done == 2) cancellation.Cancel(); });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CacheArchive.ImportAsync(other, new MemoryStream(archive), afterTwo, _time, cancellation.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CacheArchive.ExportAsync(other, new MemoryStream(), cancellationToken: cancellation.Token));

        Assert.Equal(2, other.Entries.Count);
    }

    [Fact]
    public async Task Entries_move_between_stores_of_different_kinds_and_are_invalidated_there_by_their_tags()
    {
        var claims = new InMemoryClaimStore(_time);
        var plain = new InMemoryCacheStore(_time);
        for (int i = 0; i < 10; i++) claims.Write(Entry(i, tags: [i % 2 == 0 ? "even" : "odd"]));
        var pipe = new MemoryStream();

        await CacheArchive.ExportAsync(claims, pipe, timeProvider: _time);
        pipe.Position = 0;
        await CacheArchive.ImportAsync(plain, pipe, timeProvider: _time);

        Assert.Equal(claims.Enumerate().Select(static entry => entry.Key).ToHashSet(), plain.Enumerate().Select(static entry => entry.Key).ToHashSet());
        Assert.Equal(5, plain.RemoveByTag("odd"));
    }

    [Fact]
    public async Task An_import_voids_the_claim_on_a_key_only_if_it_writes_the_key()
    {
        var store = new InMemoryClaimStore(_time);
        var stays = Entry(1);
        store.Write(stays);
        var ofKept = store.TryClaim(new ClaimRequest { Key = Key(1), Method = "M", TakeOver = true }).Claim!.Value;
        var ofNew = store.TryClaim(new ClaimRequest { Key = Key(2), Method = "M" }).Claim!.Value;
        var archived = new ListedStore();
        archived.Entries.AddRange([stays, Entry(2)]);

        await CacheArchive.ImportAsync(store, new MemoryStream(await ArchiveOf(archived)), timeProvider: _time);

        Assert.True(store.Complete(ofKept, stays));
        Assert.False(store.Complete(ofNew, Entry(2)));
    }

    [Fact]
    public async Task Some_of_the_entries_can_be_exported()
    {
        var file = new MemoryStream();
        var other = new ListedStore();

        await CacheArchive.ExportAsync(StoreOf(9).EnumerateAsync().Where(static entry => entry.Key == Key(5)), file, timeProvider: _time);
        file.Position = 0;
        await CacheArchive.ImportAsync(other, file, timeProvider: _time);

        Assert.Equal(Key(5), Assert.Single(other.Entries).Key);
    }

    internal static StoreKey Key(int number)
    {
        Span<byte> bytes = stackalloc byte[StoreKey.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return new StoreKey(bytes);
    }

    private EntryHeader Header(DateTimeOffset? created = null, DateTimeOffset? expires = null, DateTimeOffset? staleUntil = null) =>
        new() { Created = created ?? _time.GetUtcNow(), Expires = expires, StaleUntil = staleUntil, Schema = 1, Format = "json" };

    private byte[] Content(int number, DateTimeOffset? created = null, DateTimeOffset? expires = null, DateTimeOffset? staleUntil = null) => Header(created, expires, staleUntil).Encode(Key(number), "1"u8);

    private StoredEntry Entry(int number, string[]? tags = null, string? readableKey = null) =>
        new() { Key = Key(number), Method = "M", Content = Header().Encode(Key(number), "1"u8), Tags = tags ?? [], ReadableKey = readableKey };

    private ListedStore StoreOf(int entries)
    {
        var store = new ListedStore();
        store.Entries.AddRange(Enumerable.Range(0, entries).Select(number => Entry(number)));
        return store;
    }

    private async Task<byte[]> ArchiveOf(ListedStore store)
    {
        var stream = new MemoryStream();
        await CacheArchive.ExportAsync(store, stream, timeProvider: _time);
        return stream.ToArray();
    }

    // Bit by bit, as the polynomial is written down: 0x1EDC6F41, reflected.
    private static byte[] Checksum(ReadOnlySpan<byte> bytes)
    {
        uint checksum = uint.MaxValue;
        foreach (byte one in bytes)
        {
            checksum ^= one;
            for (int bit = 0; bit < 8; bit++) checksum = (checksum & 1) == 0 ? checksum >> 1 : (checksum >> 1) ^ 0x82F63B78;
        }

        return BitConverter.GetBytes(~checksum);
    }

    /// <summary>Progress that is reported at once, on the thread that makes it.</summary>
    private sealed class Reports(Action<long>? also = null) : List<long>, IProgress<long>
    {
        public void Report(long value)
        {
            Add(value);
            also?.Invoke(value);
        }
    }
}
