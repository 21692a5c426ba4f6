using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;

namespace Memoize.Benchmarks.HitRatio;

/// <summary>The keys that a real program used, in order.</summary>
internal static class Trace
{
    /// <summary>Reads <c>lirs-{name}.trace.gz</c> (text, a key per line) or <c>cache2k-{name}.trace.gz</c> (big-endian 32-bit keys).</summary>
    public static int[] Read(string folder, string name)
    {
        string text = Path.Combine(folder, $"lirs-{name}.trace.gz");
        return File.Exists(text) ? [.. Lines(text)] : [.. Integers(Path.Combine(folder, $"cache2k-{name}.trace.gz"))];
    }

    private static IEnumerable<int> Lines(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
        {
            // A star separates the phases of the program.
            if (int.TryParse(line, NumberStyles.Integer, CultureInfo.InvariantCulture, out int key)) yield return key;
        }
    }

    private static IEnumerable<int> Integers(string path)
    {
        using var bytes = new MemoryStream();
        using (var packed = new GZipStream(File.OpenRead(path), CompressionMode.Decompress)) packed.CopyTo(bytes);
        for (int at = 0; at + sizeof(int) <= bytes.Length; at += sizeof(int))
            yield return BinaryPrimitives.ReadInt32BigEndian(bytes.GetBuffer().AsSpan(at));
    }
}
