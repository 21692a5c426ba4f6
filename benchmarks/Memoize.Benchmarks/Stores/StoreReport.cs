using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Memoize.Sqlite;

namespace Memoize.Benchmarks.Stores;

/// <summary>
/// How fast the SQLite store is, beside prepared statements in a bare loop on the same file and beside the cache that it
/// replaces.
/// </summary>
internal static class StoreReport
{
    /// <summary>The argument that makes this program one of the processes of a measurement: then come the file, a number and how many claims to complete.</summary>
    public const string WorkerArgument = "stores-worker";

    private const string Method = "Contoso.Quotes.GetQuote(string)";
    private const int Claims = 20_000;
    private const int Reads = 200_000;
    private const int ThreadCount = 8;
    private const int ProcessCount = 4;
    private const int PayloadLength = 200;

    /// <summary>A Markdown table.</summary>
    public static string Table()
    {
        string folder = Directory.CreateTempSubdirectory("memoize-stores-").FullName;
        try
        {
            return Measure(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>What a process of the measurement does.</summary>
    public static int Work(string path, int worker, int claims)
    {
        using var store = new SqliteCacheStore(path);
        store.Count();
        Console.WriteLine("ready");
        Console.ReadLine();
        for (int i = 0; i < claims; i++) ClaimAndComplete(store, (worker << 24) | i);
        Console.WriteLine("done");
        return 0;
    }

    private static string Measure(string folder)
    {
        string path = Path.Combine(folder, "cache.db");
        using var store = new SqliteCacheStore(path);
        store.Count();
        using var bare = new BareSqlite(path);
        var table = new StringBuilder();
        table.AppendLine("| SQLite store | reached | bare loop | share of the bare loop | the cache it replaces | must be |");
        table.AppendLine("| --- | ---: | ---: | ---: | ---: | ---: |");

        // Warm, and in turns, so that what else the machine does meets both.
        int next = 0;
        int nextBare = 1 << 30;
        double claimed = 0, bareClaimed = 0;
        for (int round = 0; round < 5; round++)
        {
            double rate = Rate(Claims / 4, () => ClaimAndComplete(store, next++));
            double bareRate = Rate(Claims / 4, () => bare.ClaimAndComplete(KeyOf(nextBare).ToArray(), Content(nextBare++)));
            (claimed, bareClaimed) = (Math.Max(claimed, rate), Math.Max(bareClaimed, bareRate));
        }

        Row("claim and complete, one thread", claimed, bareClaimed, 1_568, "≥ 15,680/s");
        Row($"claim and complete, {ThreadCount} threads", Together(store), bareClaimed, 466, "≥ 4,660/s");
        Row($"claim and complete, {ProcessCount} processes", InProcesses(path), bareClaimed, null, "—");

        var keys = Enumerable.Range(0, 1_000).Select(KeyOf).ToArray();
        var bareKeys = Enumerable.Range(1 << 30, 1_000).Select(number => KeyOf(number).ToArray()).ToArray();
        double read = 0, bareRead = 0;
        for (int round = 0; round < 5; round++)
        {
            int at = 0;
            read = Math.Max(read, Rate(Reads / 4, () => store.Read(keys[at++ % keys.Length])));
            bareRead = Math.Max(bareRead, Rate(Reads / 4, () => bare.Read(bareKeys[at++ % bareKeys.Length])));
        }

        Row("read, one thread", read, bareRead, 12_565, "≥ 125,650/s, ≥ 60 %");

        var pending = new ClaimRequest { Key = KeyOf(-1), Method = Method };
        store.TryClaim(pending);
        double blocked = 1e6 / Rate(20_000, () => store.TryClaim(pending));
        table.AppendLine(CultureInfo.InvariantCulture, $"| a blocked caller is told | {blocked:0.0} µs | — | — | 5,000 µs | — |");

        string statisticsPath = Path.Combine(folder, "statistics.db");
        foreach (int entries in (int[])[5_000, 500_000])
        {
            using var filled = new SqliteCacheStore(statisticsPath);
            Fill(filled, statisticsPath, entries);
            double milliseconds = 1e3 / Rate(200, () => filled.GetStatistics());
            table.AppendLine(CultureInfo.InvariantCulture, $"| statistics over {entries:#,0} entries | {milliseconds:0.000} ms | — | — | {(entries == 5_000 ? "0.5 ms" : "—")} | < 0.5 ms |");

            // Of few entries most is the log, which has the same size however many there are.
            if (entries < 500_000) continue;
            long file = filled.GetStatistics().FileSize;
            table.AppendLine(CultureInfo.InvariantCulture, $"| file, of {entries:#,0} entries with {PayloadLength} bytes of result | {(double)file / entries:0} bytes an entry | — | — | — | — |");
        }

        return table.ToString();

        void Row(string what, double reached, double? bareRate, double? before, string required) =>
            table.AppendLine(CultureInfo.InvariantCulture, $"| {what} | {reached:#,0}/s | {(bareRate is { } rate ? rate.ToString("#,0", CultureInfo.InvariantCulture) + "/s" : "—")} | {(bareRate is { } base_ ? (reached / base_).ToString("0 %", CultureInfo.InvariantCulture) : "—")} | {(before is { } old ? $"{old.ToString("#,0", CultureInfo.InvariantCulture)}/s (× {(reached / old).ToString("0.0", CultureInfo.InvariantCulture)})" : "—")} | {required} |");
    }

    private static double Together(SqliteCacheStore store)
    {
        using var start = new Barrier(ThreadCount + 1);
        var threads = Enumerable.Range(0, ThreadCount).Select(thread => new Thread(() =>
        {
            start.SignalAndWait();
            for (int i = 0; i < Claims / ThreadCount; i++) ClaimAndComplete(store, ((thread + 100) << 20) | i);
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        start.SignalAndWait();
        var watch = Stopwatch.StartNew();
        foreach (var thread in threads) thread.Join();
        return Claims / watch.Elapsed.TotalSeconds;
    }

    private static double InProcesses(string path)
    {
        var workers = Enumerable.Range(0, ProcessCount).Select(worker =>
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
            if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet") start.ArgumentList.Add(typeof(StoreReport).Assembly.Location);
            foreach (string argument in (string[])[WorkerArgument, path, (worker + 16).ToString(CultureInfo.InvariantCulture), (Claims / ProcessCount).ToString(CultureInfo.InvariantCulture)]) start.ArgumentList.Add(argument);
            return Process.Start(start)!;
        }).ToArray();
        foreach (var worker in workers) Expect(worker, "ready");
        var watch = Stopwatch.StartNew();
        foreach (var worker in workers) worker.StandardInput.WriteLine();
        foreach (var worker in workers) Expect(worker, "done");
        double rate = Claims / watch.Elapsed.TotalSeconds;
        foreach (var worker in workers)
        {
            worker.WaitForExit();
            worker.Dispose();
        }

        return rate;

        static void Expect(Process worker, string line)
        {
            if (worker.StandardOutput.ReadLine() != line) throw new InvalidOperationException($"A worker did not say '{line}'.");
        }
    }

    private static void Fill(SqliteCacheStore store, string path, int entries)
    {
        // In large transactions: it is not what is measured.
        long from = store.Count();
        Parallel.For(from, entries, new ParallelOptions { MaxDegreeOfParallelism = 64 }, number => store.Write(Entry((int)number)));
        if (store.Count() != entries) throw new InvalidOperationException($"{path} has {store.Count()} entries instead of {entries}.");
    }

    private static void ClaimAndComplete(SqliteCacheStore store, int number)
    {
        var entry = Entry(number);
        var claim = store.TryClaim(new ClaimRequest { Key = entry.Key, Method = Method }).Claim ?? throw new InvalidOperationException("Another has the claim.");
        if (!store.Complete(claim, entry)) throw new InvalidOperationException("The store refused the entry.");
    }

    private static double Rate(int count, Action action)
    {
        for (int i = 0; i < count / 10; i++) action();
        var watch = Stopwatch.StartNew();
        for (int i = 0; i < count; i++) action();
        return count / watch.Elapsed.TotalSeconds;
    }

    private static StoredEntry Entry(int number) => new() { Key = KeyOf(number), Method = Method, Content = Content(number) };

    private static byte[] Content(int number) =>
        new EntryHeader { Created = DateTimeOffset.UnixEpoch.AddSeconds(number & 0xFFFFFF), Schema = 1, Format = "json" }.Encode(KeyOf(number), new byte[PayloadLength]);

    private static StoreKey KeyOf(int number) => new(SHA256.HashData(BitConverter.GetBytes(number)));
}
