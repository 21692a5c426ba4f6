namespace Memoize.Sqlite;

/// <summary>Some of the entries.</summary>
/// <param name="Entries">The entries; none at the end.</param>
/// <param name="Last">Where the next page begins.</param>
internal sealed record EntryPage(List<StoredEntry> Entries, long Last);
