namespace Memoize.Sqlite.Tests;

public sealed class StatisticsTests : SqliteStoreTests
{
    private const string OtherMethod = "Contoso.Quotes.GetQuotes(string[])";

    [Fact]
    public void Statistics_count_by_method()
    {
        var store = Open();
        for (int i = 0; i < 5; i++) store.Write(Entry(i, new string('x', 10 * i)));
        for (int i = 5; i < 7; i++) store.Write(Entry(i, method: OtherMethod));
        store.Write(Entry(0, "another"));
        store.Remove(Key(1));
        store.TryClaim(Request(100));

        var statistics = store.GetStatistics();

        int size = Enumerable.Range(2, 3).Sum(i => Entry(i, new string('x', 10 * i)).Content.Length) + Entry(0, "another").Content.Length;
        int otherSize = 2 * Entry(5).Content.Length;
        Assert.Equal(6, statistics.Entries);
        Assert.Equal(size + otherSize, statistics.Size);
        Assert.Equal([new(Method, 4, size), new(OtherMethod, 2, otherSize)], statistics.Methods);
        Assert.Equal(1, statistics.PendingClaims);
        Assert.True(statistics.FileSize > statistics.Size);
        Assert.Equal(statistics.Methods, Open().GetStatistics().Methods);
    }

    [Fact]
    public void A_key_that_changes_its_method_is_counted_where_it_is()
    {
        var store = Open();
        store.Write(Entry(1));
        store.Write(Entry(1, method: OtherMethod));

        Assert.Equal([OtherMethod], store.GetStatistics().Methods.Select(static method => method.Method));
        Assert.Empty(store.CheckIntegrity());
    }

    [Fact]
    public void Statistics_of_an_empty_file_are_zero()
    {
        var statistics = Open().GetStatistics();

        Assert.Equal(0, statistics.Entries);
        Assert.Equal(0, statistics.Size);
        Assert.Equal(0, statistics.PendingClaims);
        Assert.Empty(statistics.Methods);
    }

    [Fact]
    public void Statistics_agree_with_the_entries_whatever_happens()
    {
        var store = Open(static options =>
        {
            options.MaxEntries = 40;
            options.MaxSize = 8000;
            options.PruningInterval = TimeSpan.Zero;
        });
        var random = new Random(7);
        for (int i = 0; i < 2_000; i++)
        {
            int key = random.Next(80);
            string method = random.Next(2) == 0 ? Method : OtherMethod;
            string[] tags = random.Next(3) == 0 ? [$"tag {random.Next(5)}"] : [];
            switch (random.Next(20))
            {
                case 0: store.RemoveByTag($"tag {random.Next(5)}"); break;
                case 1: store.Clear(random.Next(5) == 0 ? null : method); break;
                case 2: Time.Advance(Seconds(3)); break;
                case < 6: store.Remove(Key(key)); break;
                case < 9 when store.TryClaim(Request(key)).Claim is { } claim: store.Complete(claim, Entry(key, new string('x', random.Next(300)), tags: tags)); break;
                default: store.Write(Entry(key, new string('x', random.Next(300)), random.Next(2) == 0 ? Seconds(10) : null, method: method, tags: tags)); break;
            }
        }

        Assert.Empty(store.CheckIntegrity());
        Assert.Equal(store.Enumerate().LongCount(), store.Count());
        Assert.Equal(store.Enumerate().Sum(static entry => entry.Tags.Count), (long)Run(Connect(), "SELECT count(*) FROM tags")!);
    }

    [Fact]
    public void Wrong_counts_are_a_problem()
    {
        var store = Open();
        store.Write(Entry(1));
        Run(Connect(), "DELETE FROM entries");

        Assert.Equal(2, store.CheckIntegrity().Count(static problem => problem.EndsWith("but there are 0 with 0.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Entries_are_enumerated_page_by_page_while_others_write()
    {
        var store = Open();
        for (int i = 0; i < 600; i++) store.Write(Entry(i, new string('x', i < 3 ? 1_000_000 : 10)));
        var found = new HashSet<StoreKey>();

        await foreach (var entry in store.EnumerateAsync())
        {
            Assert.True(found.Add(entry.Key));
            if (found.Count == 300) store.Remove(Key(599));
        }

        Assert.Equal(599, found.Count);
    }
}
