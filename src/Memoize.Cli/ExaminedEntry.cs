using System.Text.Json;

namespace Memoize.Cli;

/// <summary>An entry, read and checked.</summary>
/// <param name="Entry">The entry as the store has it.</param>
/// <param name="Header">Its header; null if the entry is damaged or of another version of the format.</param>
/// <param name="Payload">The serialized value; empty if there is no header.</param>
/// <param name="State">What it is good for.</param>
/// <param name="Damage">Why its content cannot be read; null if it can.</param>
internal sealed record ExaminedEntry(StoredEntry Entry, EntryHeader? Header, ReadOnlyMemory<byte> Payload, StoredState State, string? Damage)
{
    /// <summary>The name of <see cref="State"/> in the output.</summary>
    public string StateName => NameOf(State);

    public static string NameOf(StoredState state) => state.ToString().ToLowerInvariant();

    public static ExaminedEntry Of(StoredEntry entry, DateTimeOffset now)
    {
        string? damage = EntryHeader.Decode(entry.Key, entry.Content, out var header, out var payload);
        var state = header switch
        {
            null when EntryHeader.IsOfAnotherVersion(entry.Key, entry.Content.Span) => StoredState.Outdated,
            null => StoredState.Damaged,
            { Expires: null } => StoredState.Fresh,
            _ when now < header.Expires => StoredState.Fresh,
            _ when now < header.StaleUntil => StoredState.Stale,
            _ => StoredState.Expired,
        };
        return new(entry, header, payload, state, damage);
    }

    /// <summary>What is wrong with the entry: its content, or what the store has beside it.</summary>
    public string? Problem()
    {
        if (State == StoredState.Outdated) return null;
        if (Damage is not null) return Damage;
        if (Entry.Method.Length == 0) return "It does not say which method it is of.";
        if (!Entry.Tags.ToHashSet(StringComparer.Ordinal).SetEquals(Header!.Tags))
            return $"The store has other tags for it ({ListOf(Entry.Tags)}) than it says itself ({ListOf(Header.Tags)}): invalidating by tag goes by the store's.";

        return IsFormatOfJson(Header.Format) && !IsJson(Payload.Span) ? "It says that its value is JSON, and it is not." : null;

        static string ListOf(IReadOnlyList<string> tags) => tags.Count == 0 ? "none" : string.Join(", ", tags);
    }

    // "json", and a fingerprint of what the options make of the type.
    private static bool IsFormatOfJson(string format) => format == "json" || format.StartsWith("json:", StringComparison.Ordinal);

    private static bool IsJson(ReadOnlySpan<byte> payload)
    {
        try
        {
            var reader = new Utf8JsonReader(payload);
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
