using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace Memoize.Testing;

/// <summary>
/// What <see cref="ICacheStore"/> promises, as tests. A class that inherits it runs them against its store, once with the
/// synchronous operations and once with the asynchronous ones.
/// </summary>
/// <remarks>
/// xunit makes an object of the class for each test; what a store needs (a folder, a database) is made in the constructor, or
/// in <c>IAsyncLifetime</c>, and taken away at the end.
/// </remarks>
public abstract class CacheStoreContract
{
    protected const string Method = "Contoso.Quotes.GetQuote(string)";
    protected const string OtherMethod = "Contoso.Quotes.GetQuote(string, int)";

    /// <summary>The clock of the stores under test.</summary>
    protected ManualTimeProvider Time { get; } = new();

    /// <summary>A store without entries, that takes its time from <see cref="Time"/>. Called once for each test.</summary>
    protected abstract ICacheStore CreateStore();

    /// <summary>
    /// A second store on the data of the one that <see cref="CreateStore"/> made, as another process has it. A store that
    /// cannot be opened twice is <see cref="WithoutAttribute"/> <see cref="StoreFeature.SecondProcess"/>.
    /// </summary>
    protected abstract ICacheStore CreateSecondStore();

    protected static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    protected static StoreKey Key(int number) => new(SHA256.HashData(BitConverter.GetBytes(number)));

    /// <summary>An entry as a memoizer writes it.</summary>
    protected StoredEntry Entry(StoreKey key, string value = "value", TimeSpan? life = null, TimeSpan? staleFor = null, string method = Method, string[]? tags = null, string? readableKey = null) =>
        Entry(key, Encoding.UTF8.GetBytes(value), life, staleFor, method, tags, readableKey);

    /// <inheritdoc cref="Entry(StoreKey, string, TimeSpan?, TimeSpan?, string, string[], string)"/>
    protected StoredEntry Entry(StoreKey key, byte[] payload, TimeSpan? life = null, TimeSpan? staleFor = null, string method = Method, string[]? tags = null, string? readableKey = null)
    {
        var now = Time.GetUtcNow();
        var header = new EntryHeader
        {
            Created = now,
            Expires = now + life,
            StaleUntil = now + life + (staleFor ?? TimeSpan.Zero),
            Schema = 7,
            Format = "bytes",
            Tags = tags ?? [],
        };
        return new StoredEntry { Key = key, Method = method, Content = header.Encode(key, payload), Tags = tags ?? [], ReadableKey = readableKey };
    }

    protected static string? ValueOf(StoredEntry? entry)
    {
        if (entry is null) return null;

        Assert.Null(EntryHeader.Decode(entry.Key, entry.Content, out _, out var payload));
        return Encoding.UTF8.GetString(payload.Span);
    }

    /// <summary>That <paramref name="actual"/> is what was written, whatever revision it got.</summary>
    protected static void AssertSame(StoredEntry expected, StoredEntry? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected.Key, actual.Key);
        Assert.Equal(expected.Method, actual.Method);
        Assert.Equal(expected.ReadableKey, actual.ReadableKey);
        Assert.Equal(Sorted(expected.Tags), Sorted(actual.Tags));
        Assert.True(expected.Content.Span.SequenceEqual(actual.Content.Span), $"The content of {expected.Content.Length} bytes came back as {actual.Content.Length} others.");
    }

    private static string[] Sorted(IEnumerable<string> tags) => [.. tags.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private StoreCalls Open(CallForm form) => new(CreateStore(), form);

    private (StoreCalls One, StoreCalls Other) OpenTwo(CallForm form)
    {
        var one = Open(form);
        return (one, new(CreateSecondStore(), form));
    }

    // Reading and writing

    [Specification]
    public async Task A_key_without_an_entry_has_neither_an_entry_nor_a_reason(CallForm form)
    {
        var store = Open(form);

        Assert.Equal(default, await store.Read(Key(1)));
    }

    [Specification]
    public async Task What_was_written_is_read_with_all_that_belongs_to_it(CallForm form)
    {
        var store = Open(form);
        var entry = Entry(Key(1), life: Seconds(60), tags: ["symbol:MSFT", "quotes"], readableKey: "(\"MSFT\")");

        await store.Write(entry);

        var look = await store.Read(Key(1));
        AssertSame(entry, look.Entry);
        Assert.Null(look.Reason);
    }

    [Specification]
    public async Task Each_key_has_an_entry_of_its_own(CallForm form)
    {
        var store = Open(form);
        for (int i = 0; i < 50; i++) await store.Write(Entry(Key(i), $"value {i}"));

        for (int i = 0; i < 50; i++) Assert.Equal($"value {i}", ValueOf((await store.Read(Key(i))).Entry));
    }

    [Specification]
    public async Task Keys_that_differ_in_one_bit_are_different(CallForm form)
    {
        var store = Open(form);
        byte[] zeros = new byte[StoreKey.Length];
        await store.Write(Entry(new StoreKey(zeros), "zeros"));

        for (int bit = 0; bit < 8 * StoreKey.Length; bit++)
        {
            byte[] bytes = new byte[StoreKey.Length];
            bytes[bit / 8] = (byte)(1 << (bit % 8));
            Assert.Null((await store.Read(new StoreKey(bytes))).Entry);
        }

        Assert.Equal("zeros", ValueOf((await store.Read(new StoreKey(zeros))).Entry));
    }

    [Specification]
    public async Task Writing_replaces_the_whole_entry(CallForm form)
    {
        var store = Open(form);
        await store.Write(Entry(Key(1), "a long first value", tags: ["first", "both"], readableKey: "first"));
        var second = Entry(Key(1), "second", tags: ["second", "both"]);

        await store.Write(second);

        AssertSame(second, (await store.Read(Key(1))).Entry);
    }

    [Specification]
    public async Task An_expired_entry_is_read_like_any_other(CallForm form)
    {
        var store = Open(form);
        var entry = Entry(Key(1), life: Seconds(10), staleFor: Seconds(10));
        await store.Write(entry);

        Time.Advance(Seconds(15));
        AssertSame(entry, (await store.Read(Key(1))).Entry);
    }

    [Specification(StoreFeature.Prune)]
    public async Task An_entry_that_is_past_serving_is_read_until_it_is_pruned(CallForm form)
    {
        var store = Open(form);
        var entry = Entry(Key(1), life: Seconds(10));
        await store.Write(entry);

        Time.Advance(Seconds(3600));

        AssertSame(entry, (await store.Read(Key(1))).Entry);
    }

    [Specification]
    public async Task Reading_changes_nothing(CallForm form)
    {
        var store = Open(form);
        await store.Write(Entry(Key(1), life: Seconds(10), tags: ["tag"]));
        var first = (await store.Read(Key(1))).Entry;

        await store.Read(Key(1));
        await store.Read(Key(2));

        var last = (await store.Read(Key(1))).Entry;
        AssertSame(first!, last);
        Assert.Equal(first!.Revision, last!.Revision);
    }

    // What entries can hold

    [Specification]
    public async Task A_payload_can_be_empty(CallForm form)
    {
        var store = Open(form);
        var entry = Entry(Key(1), payload: []);

        await store.Write(entry);

        AssertSame(entry, (await store.Read(Key(1))).Entry);
    }

    [Specification]
    public async Task A_payload_can_have_any_size(CallForm form)
    {
        var store = Open(form);
        foreach (int size in (int[])[1, 255, 256, 4_095, 4_096, 4_097, 65_536, 5_000_000])
        {
            byte[] payload = new byte[size];
            new Random(size).NextBytes(payload);
            var entry = Entry(Key(1), payload);

            await store.Write(entry);

            AssertSame(entry, (await store.Read(Key(1))).Entry);
        }
    }

    [Specification]
    public async Task Content_is_kept_as_it_is_even_where_it_is_no_entry_at_all(CallForm form)
    {
        var store = Open(form);
        byte[] good = Entry(Key(1)).Content.ToArray();
        byte[] damaged = [.. good];
        damaged[20] ^= 1;
        byte[] laterFormat = [.. good];
        laterFormat[4] = 200;

        foreach (byte[] content in (byte[][])[damaged, laterFormat, good[..10], [0], [.. Enumerable.Repeat((byte)0xFF, 500)], []])
        {
            var entry = Entry(Key(1)) with { Content = content };
            await store.Write(entry);
            AssertSame(entry, (await store.Read(Key(1))).Entry);
        }
    }

    [Specification]
    public async Task An_entry_can_have_many_tags(CallForm form)
    {
        var store = Open(form);
        var entry = Entry(Key(1), tags: [.. Enumerable.Range(0, 500).Select(i => $"tag:{i}")]);

        await store.Write(entry);

        AssertSame(entry, (await store.Read(Key(1))).Entry);
    }

    [Specification]
    public async Task Names_tags_and_readable_keys_can_have_any_characters(CallForm form)
    {
        var store = Open(form);
        foreach (string text in Texts)
        {
            var entry = Entry(Key(1), method: text, tags: [text, $"{text}."], readableKey: text);
            await store.Write(entry);
            AssertSame(entry, (await store.Read(Key(1))).Entry);
        }
    }

    [Specification]
    public async Task No_readable_key_and_an_empty_one_are_not_the_same(CallForm form)
    {
        var store = Open(form);

        await store.Write(Entry(Key(1), readableKey: null));
        await store.Write(Entry(Key(2), readableKey: ""));

        Assert.Null((await store.Read(Key(1))).Entry!.ReadableKey);
        Assert.Equal("", (await store.Read(Key(2))).Entry!.ReadableKey);
    }

    // Revisions

    [Specification(StoreFeature.Revisions)]
    public async Task Each_write_of_a_key_gives_it_another_revision(CallForm form)
    {
        var store = Open(form);
        var revisions = new HashSet<long>();

        for (int i = 0; i < 10; i++)
        {
            await store.Write(Entry(Key(1), "the same"));
            Assert.True(revisions.Add((await store.Read(Key(1))).Entry!.Revision), "A revision came a second time.");
        }
    }

    [Specification(StoreFeature.Revisions)]
    public async Task A_revision_does_not_come_back_after_the_entry_was_removed(CallForm form)
    {
        var store = Open(form);
        var revisions = new HashSet<long>();

        for (int i = 0; i < 3; i++)
        {
            await store.Write(Entry(Key(1), life: Seconds(1), tags: ["tag"]));
            Assert.True(revisions.Add((await store.Read(Key(1))).Entry!.Revision), "A revision came a second time.");
            await store.Remove(Key(1));
        }
    }

    [Specification(StoreFeature.Revisions)]
    public async Task The_revision_that_a_writer_gives_is_ignored(CallForm form)
    {
        var store = Open(form);
        await store.Write(Entry(Key(1)));
        long before = (await store.Read(Key(1))).Entry!.Revision;

        await store.Write(Entry(Key(1)) with { Revision = before });

        Assert.NotEqual(before, (await store.Read(Key(1))).Entry!.Revision);
    }

    // Removing

    [Specification]
    public async Task A_removed_entry_is_gone_and_removing_says_whether_there_was_one(CallForm form)
    {
        var store = Open(form);
        await store.Write(Entry(Key(1)));
        await store.Write(Entry(Key(2)));

        Assert.True(await store.Remove(Key(1)));
        Assert.False(await store.Remove(Key(1)));
        Assert.False(await store.Remove(Key(3)));

        Assert.Null((await store.Read(Key(1))).Entry);
        Assert.NotNull((await store.Read(Key(2))).Entry);
    }

    [Specification]
    public async Task A_removed_key_can_be_written_again(CallForm form)
    {
        var store = Open(form);
        await store.Write(Entry(Key(1), "old"));
        await store.Remove(Key(1));

        await store.Write(Entry(Key(1), "new"));

        var look = await store.Read(Key(1));
        Assert.Equal("new", ValueOf(look.Entry));
        Assert.Null(look.Reason);
    }

    [Specification(StoreFeature.Tags)]
    public async Task Removing_by_tag_takes_the_entries_that_have_it_and_counts_them(CallForm form)
    {
        var store = Open(form);
        await store.Write(Entry(Key(1), tags: ["red"]));
        await store.Write(Entry(Key(2), tags: ["blue", "red"]));
        await store.Write(Entry(Key(3), tags: ["blue"], method: OtherMethod));
        await store.Write(Entry(Key(4)));

        Assert.Equal(2, await store.RemoveByTag("red"));
        Assert.Equal(0, await store.RemoveByTag("red"));

        Assert.Null((await store.Read(Key(1))).Entry);
        Assert.Null((await store.Read(Key(2))).Entry);
        Assert.NotNull((await store.Read(Key(3))).Entry);
        Assert.NotNull((await store.Read(Key(4))).Entry);
        Assert.Equal(1, await store.RemoveByTag("blue"));
    }

    [Specification(StoreFeature.Tags)]
    public async Task Tags_are_compared_character_by_character(CallForm form)
    {
        var store = Open(form);
        await store.Write(Entry(Key(1), tags: ["symbol:a_c"]));

        foreach (string near in (string[])["symbol:abc", "symbol:A_C", "symbol:a_", "symbol:a_c ", "symbol:%", "%", "*", "symbol:a_cd", "symbol"])
            Assert.Equal(0, await store.RemoveByTag(near));

        Assert.Equal(1, await store.RemoveByTag("symbol:a_c"));
    }

    [Specification(StoreFeature.Tags)]
    public async Task Tags_can_have_any_characters(CallForm form)
    {
        var store = Open(form);
        for (int i = 0; i < Texts.Length; i++) await store.Write(Entry(Key(i), tags: [Texts[i]]));

        foreach (string text in Texts) Assert.Equal(1, await store.RemoveByTag(text));
    }

    [Specification(StoreFeature.Tags)]
    public async Task A_tag_that_an_entry_has_twice_counts_once(CallForm form)
    {
        var store = Open(form);
        await store.Write(Entry(Key(1), tags: ["tag", "tag"]));

        Assert.Equal(1, await store.RemoveByTag("tag"));
    }

    [Specification(StoreFeature.Tags)]
    public async Task Each_of_many_tags_removes_the_entry(CallForm form)
    {
        var store = Open(form);
        string[] tags = [.. Enumerable.Range(0, 500).Select(i => $"tag:{i}")];

        foreach (string tag in (string[])[tags[0], tags[250], tags[^1]])
        {
            await store.Write(Entry(Key(1), tags: tags));
            Assert.Equal(1, await store.RemoveByTag(tag));
        }
    }

    [Specification(StoreFeature.Tags)]
    public async Task A_replaced_entry_is_removed_by_its_new_tags_only(CallForm form)
    {
        var store = Open(form);
        await store.Write(Entry(Key(1), tags: ["old"]));
        await store.Write(Entry(Key(1), tags: ["new"]));

        Assert.Equal(0, await store.RemoveByTag("old"));
        Assert.Equal(1, await store.RemoveByTag("new"));
    }

    [Specification(StoreFeature.Tags)]
    public async Task A_removed_entry_takes_its_tags_with_it(CallForm form)
    {
        var store = Open(form);
        await store.Write(Entry(Key(1), tags: ["tag"]));
        await store.Remove(Key(1));
        await store.Write(Entry(Key(1)));

        Assert.Equal(0, await store.RemoveByTag("tag"));
        Assert.NotNull((await store.Read(Key(1))).Entry);
    }

    [Specification(StoreFeature.Clear)]
    public async Task Clearing_a_method_takes_all_its_entries_and_no_others(CallForm form)
    {
        var store = Open(form);
        await store.Write(Entry(Key(1)));
        await store.Write(Entry(Key(2), life: Seconds(10)));
        await store.Write(Entry(Key(3), method: OtherMethod));
        await store.Write(Entry(Key(4), method: Method.ToUpperInvariant()));

        Assert.Equal(0, await store.Clear("Contoso.Quotes"));
        Assert.Equal(2, await store.Clear(Method));
        Assert.Equal(0, await store.Clear(Method));

        Assert.Null((await store.Read(Key(1))).Entry);
        Assert.Null((await store.Read(Key(2))).Entry);
        Assert.NotNull((await store.Read(Key(3))).Entry);
        Assert.NotNull((await store.Read(Key(4))).Entry);
    }

    [Specification(StoreFeature.Clear)]
    public async Task Clearing_without_a_method_takes_everything(CallForm form)
    {
        var store = Open(form);
        await store.Write(Entry(Key(1), tags: ["tag"]));
        await store.Write(Entry(Key(2), method: OtherMethod));
        await store.Write(Entry(Key(3), life: Seconds(10)));

        Assert.Equal(3, await store.Clear());
        Assert.Equal(0, await store.Clear());

        Assert.Null((await store.Read(Key(1))).Entry);
        Assert.Null((await store.Read(Key(2))).Entry);
        Assert.Null((await store.Read(Key(3))).Entry);
    }

    [Specification(StoreFeature.Clear)]
    public async Task A_cleared_store_can_be_used_on(CallForm form)
    {
        var store = Open(form);
        await store.Write(Entry(Key(1), "old", tags: ["tag"]));
        await store.Clear();

        await store.Write(Entry(Key(1), "new"));

        Assert.Equal("new", ValueOf((await store.Read(Key(1))).Entry));
    }

    [Specification(StoreFeature.Prune, StoreFeature.VirtualTime)]
    public async Task Pruning_takes_what_can_never_be_served_again_and_nothing_else(CallForm form)
    {
        var store = Open(form);
        await store.Write(Entry(Key(1), "fresh", life: Seconds(100)));
        await store.Write(Entry(Key(2), "stale", life: Seconds(10), staleFor: Seconds(100)));
        await store.Write(Entry(Key(3), "gone", life: Seconds(10), staleFor: Seconds(10)));
        await store.Write(Entry(Key(4), "never expires"));
        await store.Write(Entry(Key(5), "gone at once", life: Seconds(1)));
        Assert.Equal(0, await store.Prune());

        Time.Advance(Seconds(30));

        Assert.Equal(2, await store.Prune());
        Assert.Equal(0, await store.Prune());
        Assert.NotNull((await store.Read(Key(1))).Entry);
        Assert.NotNull((await store.Read(Key(2))).Entry);
        Assert.Null((await store.Read(Key(3))).Entry);
        Assert.NotNull((await store.Read(Key(4))).Entry);
        Assert.Null((await store.Read(Key(5))).Entry);
    }

    [Specification(StoreFeature.Prune, StoreFeature.VirtualTime)]
    public async Task Pruning_goes_by_the_entry_that_was_written_last(CallForm form)
    {
        var store = Open(form);
        await store.Write(Entry(Key(1), life: Seconds(1)));
        await store.Write(Entry(Key(1), life: Seconds(100)));
        await store.Write(Entry(Key(2)));
        await store.Write(Entry(Key(2), life: Seconds(1)));

        Time.Advance(Seconds(10));

        Assert.Equal(1, await store.Prune());
        Assert.NotNull((await store.Read(Key(1))).Entry);
        Assert.Null((await store.Read(Key(2))).Entry);
    }

    [Specification(StoreFeature.Prune, StoreFeature.VirtualTime)]
    public async Task Pruning_reaches_the_end_of_time(CallForm form)
    {
        var store = Open(form);
        await store.Write(Entry(Key(1), life: DateTimeOffset.MaxValue - Time.GetUtcNow()));
        await store.Write(Entry(Key(2)));

        Time.Advance(TimeSpan.FromDays(300_000));

        Assert.Equal(0, await store.Prune());
    }

    [Specification(StoreFeature.Prune, StoreFeature.VirtualTime)]
    public async Task Pruning_is_not_stopped_by_content_that_cannot_be_read(CallForm form)
    {
        var store = Open(form);
        await store.Write(Entry(Key(1)) with { Content = new byte[] { 1, 2, 3 } });
        await store.Write(Entry(Key(2), life: Seconds(1)));
        Time.Advance(Seconds(10));

        await store.Prune();

        Assert.Null((await store.Read(Key(2))).Entry);
    }

    [Specification(StoreFeature.Prune, StoreFeature.Tags, StoreFeature.VirtualTime)]
    public async Task A_pruned_entry_takes_its_tags_with_it(CallForm form)
    {
        var store = Open(form);
        await store.Write(Entry(Key(1), life: Seconds(1), tags: ["tag"]));
        Time.Advance(Seconds(10));
        await store.Prune();

        Assert.Equal(0, await store.RemoveByTag("tag"));
    }

    // Why entries left

    [Specification(StoreFeature.RemovedReasons)]
    public async Task A_removed_entry_was_invalidated(CallForm form)
    {
        var store = Open(form);
        await store.Write(Entry(Key(1)));
        await store.Remove(Key(1));

        Assert.Equal(new StoreLook(Entry: null, MissReason.Invalidated), await store.Read(Key(1)));
    }

    [Specification(StoreFeature.RemovedReasons, StoreFeature.Tags)]
    public async Task An_entry_removed_by_tag_was_invalidated(CallForm form)
    {
        var store = Open(form);
        await store.Write(Entry(Key(1), tags: ["tag"]));
        await store.Write(Entry(Key(2)));
        await store.RemoveByTag("tag");

        Assert.Equal(new StoreLook(Entry: null, MissReason.Invalidated), await store.Read(Key(1)));
        Assert.Null((await store.Read(Key(2))).Reason);
    }

    [Specification(StoreFeature.RemovedReasons, StoreFeature.Clear)]
    public async Task A_cleared_entry_was_invalidated(CallForm form)
    {
        var store = Open(form);
        await store.Write(Entry(Key(1)));
        await store.Write(Entry(Key(2), method: OtherMethod));
        await store.Clear(Method);
        Assert.Equal(new StoreLook(Entry: null, MissReason.Invalidated), await store.Read(Key(1)));

        await store.Clear();
        Assert.Equal(new StoreLook(Entry: null, MissReason.Invalidated), await store.Read(Key(2)));
    }

    [Specification(StoreFeature.RemovedReasons, StoreFeature.Prune, StoreFeature.VirtualTime)]
    public async Task A_pruned_entry_had_expired(CallForm form)
    {
        var store = Open(form);
        await store.Write(Entry(Key(1), life: Seconds(1)));
        Time.Advance(Seconds(10));
        await store.Prune();

        Assert.Equal(new StoreLook(Entry: null, MissReason.Expired), await store.Read(Key(1)));
    }

    [Specification(StoreFeature.RemovedReasons, StoreFeature.Prune, StoreFeature.VirtualTime)]
    public async Task The_reason_is_that_of_the_last_entry(CallForm form)
    {
        var store = Open(form);
        await store.Write(Entry(Key(1), life: Seconds(1)));
        Time.Advance(Seconds(10));
        await store.Prune();
        await store.Write(Entry(Key(1)));
        Assert.Null((await store.Read(Key(1))).Reason);
        await store.Remove(Key(1));

        Assert.Equal(new StoreLook(Entry: null, MissReason.Invalidated), await store.Read(Key(1)));
    }

    // Counting and enumerating

    [Specification(StoreFeature.Enumerate)]
    public async Task An_empty_store_has_nothing_to_count_or_enumerate(CallForm form)
    {
        var store = Open(form);

        Assert.Equal(0, await store.Count());
        Assert.Empty(await All(store));
    }

    [Specification(StoreFeature.Enumerate)]
    public async Task Expired_entries_count_until_they_are_removed(CallForm form)
    {
        var store = Open(form);
        await store.Write(Entry(Key(1)));
        await store.Write(Entry(Key(1)));
        await store.Write(Entry(Key(2), life: Seconds(1), staleFor: Seconds(60)));
        Time.Advance(Seconds(10));
        Assert.Equal(2, await store.Count());

        await store.Remove(Key(1));
        await store.Remove(Key(3));

        Assert.Equal(1, await store.Count());
    }

    [Specification(StoreFeature.Enumerate)]
    public async Task Every_entry_is_enumerated_once_with_all_that_belongs_to_it(CallForm form)
    {
        var store = Open(form);
        StoredEntry[] written =
        [
            .. Enumerable.Range(0, 300).Select(i => Entry(Key(i), $"value {i}", life: i % 2 == 0 ? Seconds(1) : null, method: i % 3 == 0 ? OtherMethod : Method, tags: i % 5 == 0 ? [] : ["tag", $"tag:{i}"], readableKey: i % 7 == 0 ? $"({i})" : null)),
        ];
        foreach (var entry in written) await store.Write(entry);
        Time.Advance(Seconds(10));

        var found = await All(store);

        Assert.Equal(300, await store.Count());
        Assert.Equal(300, found.Count);
        foreach (var entry in written) AssertSame(entry, found[entry.Key]);
    }

    [Specification(StoreFeature.Enumerate)]
    public async Task Enumerating_goes_on_while_entries_come_and_go(CallForm form)
    {
        var store = Open(form);
        for (int i = 0; i < 100; i++) await store.Write(Entry(Key(i)));
        var found = new HashSet<StoreKey>();
        int changes = 0;

        await foreach (var entry in store.Enumerate())
        {
            Assert.True(found.Add(entry.Key), "An entry came twice.");
            if (++changes > 50) continue;

            await store.Write(Entry(Key(1_000 + changes)));
            await store.Remove(Key(changes % 50));
        }

        // Those that were there all the time.
        for (int i = 51; i < 100; i++) Assert.Contains(Key(i), found);
    }

    // Another process

    [Specification(StoreFeature.SecondProcess)]
    public async Task What_one_process_writes_another_reads(CallForm form)
    {
        var one = Open(form);
        var entry = Entry(Key(1), life: Seconds(60), tags: ["tag"], readableKey: "(1)");
        await one.Write(entry);

        // Opened when the entry is there already, as after a start.
        var other = new StoreCalls(CreateSecondStore(), form);
        AssertSame(entry, (await other.Read(Key(1))).Entry);

        var later = Entry(Key(1), "later");
        await other.Write(later);
        AssertSame(later, (await one.Read(Key(1))).Entry);
    }

    [Specification(StoreFeature.SecondProcess)]
    public async Task What_one_process_removes_is_gone_for_another(CallForm form)
    {
        var (one, other) = OpenTwo(form);
        await one.Write(Entry(Key(1)));
        Assert.NotNull((await other.Read(Key(1))).Entry);

        Assert.True(await other.Remove(Key(1)));

        Assert.Null((await one.Read(Key(1))).Entry);
    }

    [Specification(StoreFeature.SecondProcess, StoreFeature.Tags)]
    public async Task Tags_reach_entries_of_another_process(CallForm form)
    {
        var (one, other) = OpenTwo(form);
        await one.Write(Entry(Key(1), tags: ["tag"]));
        await other.Write(Entry(Key(2), tags: ["tag"]));

        Assert.Equal(2, await other.RemoveByTag("tag"));

        Assert.Null((await one.Read(Key(1))).Entry);
        Assert.Null((await one.Read(Key(2))).Entry);
    }

    [Specification(StoreFeature.SecondProcess, StoreFeature.Clear, StoreFeature.Prune, StoreFeature.Enumerate, StoreFeature.VirtualTime)]
    public async Task Clearing_pruning_and_counting_reach_entries_of_another_process(CallForm form)
    {
        var (one, other) = OpenTwo(form);
        await one.Write(Entry(Key(1), life: Seconds(1)));
        await one.Write(Entry(Key(2)));
        await one.Write(Entry(Key(3), method: OtherMethod));
        Time.Advance(Seconds(10));

        Assert.Equal(3, await other.Count());
        Assert.Equal(1, await other.Prune());
        Assert.Equal(1, await other.Clear(OtherMethod));
        Assert.Equal(1, await one.Count());
        Assert.Single(await All(one));
    }

    [Specification(StoreFeature.SecondProcess, StoreFeature.RemovedReasons)]
    public async Task Another_process_knows_why_an_entry_left(CallForm form)
    {
        var (one, other) = OpenTwo(form);
        await one.Write(Entry(Key(1)));
        await one.Remove(Key(1));

        Assert.Equal(MissReason.Invalidated, (await other.Read(Key(1))).Reason);
    }

    // Threads

    [Specification]
    public async Task Whoever_reads_sees_an_entry_whole(CallForm form)
    {
        var store = Open(form);
        StoredEntry[] versions =
        [
            Entry(Key(1), payload: [.. Enumerable.Repeat((byte)1, 10)], tags: ["one"], readableKey: "one"),
            Entry(Key(1), payload: [.. Enumerable.Repeat((byte)2, 20_000)], tags: ["two", "both"], readableKey: "two"),
        ];
        await store.Write(versions[0]);
        using var done = new CancellationTokenSource();

        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            int reads = 0;
            for (; reads < 50 || !done.IsCancellationRequested; reads++)
            {
                var entry = (await store.Read(Key(1))).Entry;
                if (entry is not null) AssertSame(versions[entry.ReadableKey == "one" ? 0 : 1], entry);
            }

            return reads;
        })).ToArray();
        try
        {
            for (int i = 0; i < 200; i++)
            {
                if (i % 10 == 9) await store.Remove(Key(1));
                else await store.Write(versions[i % 2]);
            }
        }
        finally
        {
            await done.CancelAsync();
        }

        foreach (int reads in await Task.WhenAll(readers)) Assert.True(reads >= 50);
    }

    [Specification(StoreFeature.Tags, StoreFeature.Enumerate)]
    public async Task Many_threads_use_a_store_at_once(CallForm form)
    {
        var store = Open(form);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(async () =>
        {
            for (int i = 0; i < 25; i++)
            {
                var key = Key((100 * thread) + i);
                await store.Write(Entry(key, tags: ["all", $"thread:{thread}"]));
                Assert.NotNull((await store.Read(key)).Entry);
                await store.Write(Entry(Key(9_999), $"{thread}", tags: ["shared"]));
                if (i % 5 == 0) Assert.True(await store.Remove(key));
                await store.Count();
            }
        })));

        Assert.Equal((8 * 20) + 1, await store.Count());
        Assert.Equal(8 * 20, await store.RemoveByTag("all"));
    }

    private static async Task<Dictionary<StoreKey, StoredEntry>> All(StoreCalls store)
    {
        var found = new Dictionary<StoreKey, StoredEntry>();
        await foreach (var entry in store.Enumerate()) found.Add(entry.Key, entry);
        return found;
    }

    private static string[] Texts { get; } =
    [
        "ordinary", " leading and trailing ", "", "with\nlines\r\nand\ttabs", "'quoted' \"twice\"", @"back\slash/es", "a,b;c|d:e", "100%_[x]*?",
        "Größe", "価格", "😀", "e\u0301", "\u00E9", "ı", "I", "i", "null", "--; DROP TABLE entries", new string('x', 3_000),
    ];
}
