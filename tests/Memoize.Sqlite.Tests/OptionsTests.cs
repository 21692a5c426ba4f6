namespace Memoize.Sqlite.Tests;

public sealed class OptionsTests : SqliteStoreTests
{
    [Fact]
    public void Defaults_are_those_of_the_documentation()
    {
        var options = new SqliteCacheStoreOptions();

        Assert.Equal(Seconds(30), options.LeaseDuration);
        Assert.Equal(Seconds(5), options.BusyTimeout);
        Assert.Equal(Seconds(10), options.PruningInterval);
        Assert.True(options.AutomaticPruning);
        Assert.Null(options.MaxAge);
        Assert.Null(options.MaxEntries);
        Assert.Null(options.MaxSize);
        Assert.Equal(100_000, options.MaxRememberedReasons);
        Assert.Same(TimeProvider.System, options.TimeProvider);
    }

    public static TheoryData<string, Action<SqliteCacheStoreOptions>> Wrong { get; } = new()
    {
        { nameof(SqliteCacheStoreOptions.LeaseDuration), options => options.LeaseDuration = TimeSpan.Zero },
        { nameof(SqliteCacheStoreOptions.LeaseDuration), options => options.LeaseDuration = TimeSpan.FromDays(2) },
        { nameof(SqliteCacheStoreOptions.BusyTimeout), options => options.BusyTimeout = -TimeSpan.FromTicks(1) },
        { nameof(SqliteCacheStoreOptions.MaxAge), options => options.MaxAge = TimeSpan.Zero },
        { nameof(SqliteCacheStoreOptions.MaxEntries), options => options.MaxEntries = 0 },
        { nameof(SqliteCacheStoreOptions.MaxSize), options => options.MaxSize = -1 },
        { nameof(SqliteCacheStoreOptions.PruningInterval), options => options.PruningInterval = Timeout.InfiniteTimeSpan },
        { nameof(SqliteCacheStoreOptions.MaxRememberedReasons), options => options.MaxRememberedReasons = -1 },
        { nameof(SqliteCacheStoreOptions.TimeProvider), options => options.TimeProvider = null! },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void An_option_out_of_its_range_is_named(string option, Action<SqliteCacheStoreOptions> set)
    {
        var exception = Assert.Throws<ArgumentException>(() => Open(set));

        Assert.StartsWith($"SqliteCacheStoreOptions.{option} is ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_changed_afterwards_changes_nothing()
    {
        var options = new SqliteCacheStoreOptions { LeaseDuration = Seconds(7) };
        var store = Owned(new SqliteCacheStore(File, options));

        options.LeaseDuration = Seconds(8);

        Assert.Equal(Seconds(7), store.LeaseDuration);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(":memory:")]
    public void A_store_needs_a_file(string path) => Assert.ThrowsAny<ArgumentException>(() => new SqliteCacheStore(path));

    [Fact]
    public void Making_a_store_touches_no_file()
    {
        var store = Open();

        Assert.Empty(Directory.GetFiles(Folder));
        Assert.Equal(File, store.Path);

        store.Open();
        Assert.True(System.IO.File.Exists(File));
    }
}
