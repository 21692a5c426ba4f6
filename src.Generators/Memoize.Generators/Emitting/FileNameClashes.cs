using System.Globalization;
using Memoize.Generators.Model;

namespace Memoize.Generators.Emitting;

/// <summary>Keeps generated files apart whose readable names are the same, or differ by case only.</summary>
internal static class FileNameClashes
{
    /// <summary>The names that occur more than once when case is ignored, in a stable order.</summary>
    public static EquatableArray<string> Among(IEnumerable<string> fileNames) => fileNames
        .GroupBy(static name => name, StringComparer.OrdinalIgnoreCase)
        .Where(static group => group.Skip(1).Any())
        .Select(static group => group.Key.ToUpperInvariant())
        .OrderBy(static name => name, StringComparer.Ordinal)
        .ToEquatableArray();

    /// <summary>The file's name; where it clashes, with a hash of the method's id, which is unique.</summary>
    public static string HintName(string fileName, string id, EquatableArray<string> clashes)
    {
        var clashing = clashes.Contains(fileName.ToUpperInvariant(), StringComparer.Ordinal);
        return clashing ? $"{fileName}.{Hash(id)}.g.cs" : $"{fileName}.g.cs";
    }

    /// <summary>FNV-1a, because <see cref="string.GetHashCode()"/> differs from run to run.</summary>
    private static string Hash(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var character in text)
            hash = unchecked((hash ^ character) * 1099511628211UL);
        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }
}
