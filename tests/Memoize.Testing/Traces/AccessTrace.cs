using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;

namespace Memoize.Testing;

/// <summary>
/// The keys that a real program used, one after the other, numbered from 0 in the order in which they first come up. Traces are
/// read from the folder <c>shared/traces</c> beside the repository, where there is one.
/// </summary>
public sealed class AccessTrace
{
    private AccessTrace(string name, int[] keys, int distinctKeys)
    {
        Name = name;
        Keys = keys;
        DistinctKeys = distinctKeys;
    }

    /// <summary>The folder of the traces, or null where it is absent.</summary>
    public static string? Folder { get; } = FindFolder();

    public string Name { get; }

    public IReadOnlyList<int> Keys { get; }

    public int DistinctKeys { get; }

    /// <summary>Reads a trace.</summary>
    /// <param name="folder">The folder of the traces.</param>
    /// <param name="name">The name of the trace, such as <c>sprite</c>.</param>
    /// <param name="maxLength">How much to read of a long trace, in keys.</param>
    public static AccessTrace Read(string folder, string name, int maxLength = int.MaxValue)
    {
        string lirs = Path.Combine(folder, $"lirs-{name}.trace.gz");
        string cache2k = Path.Combine(folder, $"cache2k-{name}.trace.gz");
        return File.Exists(lirs)
            ? Number(name, ReadLines(lirs).Take(maxLength))
            : Number(name, ReadIntegers(cache2k).Take(maxLength));
    }

    private static string? FindFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "Memoize.sln"))) continue;

            string traces = Path.Combine(folder.FullName, "..", "shared", "traces");
            return Directory.Exists(traces) ? Path.GetFullPath(traces) : null;
        }

        return null;
    }

    private static AccessTrace Number(string name, IEnumerable<int> keys)
    {
        var numbers = new Dictionary<int, int>();
        var numbered = new List<int>();
        foreach (int key in keys)
        {
            if (!numbers.TryGetValue(key, out int number)) numbers.Add(key, number = numbers.Count);
            numbered.Add(number);
        }

        return new AccessTrace(name, [.. numbered], numbers.Count);
    }

    // One integer per line; stars and empty lines separate the phases of the program.
    private static IEnumerable<int> ReadLines(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
        {
            if (int.TryParse(line, NumberStyles.Integer, CultureInfo.InvariantCulture, out int key)) yield return key;
        }
    }

    // Four bytes per key, the highest first.
    private static IEnumerable<int> ReadIntegers(string path)
    {
        using var stream = new BufferedStream(new GZipStream(File.OpenRead(path), CompressionMode.Decompress), bufferSize: 1 << 16);
        byte[] bytes = new byte[4];
        while (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length)
            yield return BinaryPrimitives.ReadInt32BigEndian(bytes);
    }
}
