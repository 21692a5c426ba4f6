namespace Memoize.Sqlite.Tests;

public sealed class ClosingTests : SqliteStoreTests
{
    [Fact]
    public async Task A_closed_store_says_so()
    {
        var store = Open();
        store.Write(Entry(1));
        var claim = store.TryClaim(Request(2)).Claim!.Value;

        await store.DisposeAsync();
        store.Dispose();

        Assert.Throws<ObjectDisposedException>(() => store.Read(Key(1)));
        Assert.Throws<ObjectDisposedException>(() => store.Write(Entry(1)));
        Assert.Throws<ObjectDisposedException>(() => store.TryClaim(Request(3)));
        Assert.Throws<ObjectDisposedException>(() => store.Complete(claim, Entry(2)));
        Assert.Throws<ObjectDisposedException>(() => store.GetStatistics());
        Assert.Throws<ObjectDisposedException>(() => store.Enumerate().Count());
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.ReadAsync(Key(1)));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.RemoveAsync(Key(1)));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.WaitForChangeAsync(Key(2), claim.Token, Seconds(1)));
    }

    [Fact]
    public void Closing_the_last_store_leaves_one_file()
    {
        using (var store = Open()) store.Write(Entry(1));

        Assert.Equal([File], Directory.GetFiles(Folder));
    }

    [Fact]
    public void A_store_that_was_never_used_closes_without_a_file()
    {
        Open().Dispose();

        Assert.Empty(Directory.GetFiles(Folder));
    }

    [Fact]
    public async Task Stores_can_be_closed_while_they_are_used()
    {
        var store = Open();
        store.Write(Entry(1));
        using var started = new Barrier(5);

        var users = Enumerable.Range(0, 4).Select(thread => Task.Factory.StartNew(
            () =>
            {
                started.SignalAndWait();
                try
                {
                    for (; ; )
                    {
                        if (thread % 2 == 0) store.Read(Key(1));
                        else store.Write(Entry(thread));
                    }
                }
                catch (ObjectDisposedException)
                {
                    // What a user of a closed store gets.
                }
            },
            TaskCreationOptions.LongRunning)).ToArray();
        started.SignalAndWait();
        store.Dispose();

        await Task.WhenAll(users).WaitAsync(Limit);
        Assert.Equal([File], Directory.GetFiles(Folder));
    }
}
