namespace Memoize.Sqlite;

/// <summary>What the file of a <see cref="SqliteCacheStore"/> has of one method.</summary>
/// <param name="Method">The method, as <see cref="StoredEntry.Method"/> has it.</param>
/// <param name="Entries">How many entries there are.</param>
/// <param name="Size">The bytes of their contents together.</param>
public sealed record SqliteMethodStatistics(string Method, long Entries, long Size);
