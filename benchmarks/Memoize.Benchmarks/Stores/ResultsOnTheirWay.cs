using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Memoize.Benchmarks.Stores;

/// <summary>
/// What a cached method does with a result before the store gets it: it is serialized, and the first ones of a type are read
/// back and compared. The store itself takes no time here.
/// </summary>
internal static class ResultsOnTheirWay
{
    private const int Writes = 200_000;
    private const int Methods = 300;

    private static readonly Report Result = new("MSFT", 1.5m, DateTimeOffset.UnixEpoch, [.. Enumerable.Range(0, 10).Select(static number => new Line($"line {number}", number))]);

    /// <summary>Rows of the table of the stores.</summary>
    public static void AddRows(StringBuilder table)
    {
        // In turns, so that what else the machine does meets all of them.
        double first = double.MaxValue, later = double.MaxValue, bare = double.MaxValue;
        for (int round = 0; round < 5; round++)
        {
            first = Math.Min(first, First());
            later = Math.Min(later, Later());
            bare = Math.Min(bare, Bare());
        }

        Row("a result on its way to the store, by hand (key, JSON, header, memory)", bare);
        Row("the same by a cached method, once its type is trusted", later);
        Row("each of the first eight results of a type, read back and compared", first);

        void Row(string what, double microseconds) =>
            table.AppendLine(CultureInfo.InvariantCulture, $"| {what} | {microseconds:0.0} µs | {bare:0.0} µs | {microseconds / bare:0 %} | — | {(microseconds == later ? "≤ 115 %" : "—")} |");
    }

    private static double First()
    {
        var methods = Enumerable.Range(0, Methods).Select(static _ => Start(new Nowhere())).ToArray();
        var watch = Stopwatch.StartNew();
        foreach (var method in methods)
        {
            for (int i = 0; i < 8; i++) method.Set(new TextKey("key"), Result);
        }

        return watch.Elapsed.TotalMicroseconds / (8 * Methods);
    }

    private static double Later()
    {
        var method = Start(new Nowhere());
        for (int i = 0; i < 1_000; i++) method.Set(new TextKey("key"), Result);
        var watch = Stopwatch.StartNew();
        for (int i = 0; i < Writes / 10; i++) method.Set(new TextKey("key"), Result);
        return watch.Elapsed.TotalMicroseconds / (Writes / 10);
    }

    // What is to be done in any case.
    private static double Bare()
    {
        var memory = Start(store: null);
        ICacheStore store = new Nowhere();
        var json = new JsonCacheSerializer(JsonSerializerOptions.Default);
        string format = json.FormatOf<Report>();
        var watch = new Stopwatch();
        for (int i = -1_000; i < Writes / 10; i++)
        {
            if (i == 0) watch.Restart();
            var storeKey = new StoreKey(SHA256.HashData("Contoso.Reports.Get(string) key"u8));
            var payload = new ArrayBufferWriter<byte>();
            json.Serialize(Result, payload);
            var header = new EntryHeader { Created = DateTimeOffset.UnixEpoch, Schema = 1, Format = format };
            store.Write(new StoredEntry { Key = storeKey, Method = "Contoso.Reports.Get(string)", Content = header.Encode(storeKey, payload.WrittenSpan) });
            memory.Set(new TextKey("key"), Result);
        }

        return watch.Elapsed.TotalMicroseconds / (Writes / 10);
    }

    private static CachedMethod<TextKey, Report> Start(ICacheStore? store) =>
        new CachedMethodDefinition<TextKey, Report>(
            "Contoso.Reports.Get(string)",
            new(),
            new() { WriteKey = static (key, writer) => writer.Write(key), Schema = 1 }).For(new Memoizer(new MemoizerOptions { Store = store, AutomaticPruning = false }));

    private sealed record Report(string Symbol, decimal Price, DateTimeOffset At, IReadOnlyList<Line> Lines);

    private sealed record Line(string Text, int Number);

    private sealed class Nowhere : ICacheStore
    {
        public StoreLook Read(StoreKey key) => default;

        public ValueTask<StoreLook> ReadAsync(StoreKey key, CancellationToken cancellationToken = default) => default;

        public void Write(StoredEntry entry)
        {
        }

        public ValueTask WriteAsync(StoredEntry entry, CancellationToken cancellationToken = default) => default;

        public bool Remove(StoreKey key) => false;

        public ValueTask<bool> RemoveAsync(StoreKey key, CancellationToken cancellationToken = default) => default;

        public long RemoveByTag(string tag) => 0;

        public ValueTask<long> RemoveByTagAsync(string tag, CancellationToken cancellationToken = default) => default;

        public long Clear(string? method = null) => 0;

        public ValueTask<long> ClearAsync(string? method = null, CancellationToken cancellationToken = default) => default;

        public long Prune() => 0;

        public ValueTask<long> PruneAsync(CancellationToken cancellationToken = default) => default;

        public long Count() => 0;

        public ValueTask<long> CountAsync(CancellationToken cancellationToken = default) => default;

        public IEnumerable<StoredEntry> Enumerate() => [];

        public IAsyncEnumerable<StoredEntry> EnumerateAsync(CancellationToken cancellationToken = default) => AsyncEnumerable.Empty<StoredEntry>();
    }
}
