using System.Text.Json;
using System.Text.Json.Serialization;

namespace Memoize.Sqlite;

/// <summary>Looks for entries and claims, on the connection of a reader or of the writer.</summary>
internal sealed partial class Entries(Connection connection, SqliteCacheStoreOptions options)
{
    private const string Columns = "revision, method, tags, readable_key, content";

    private readonly Statement _find = connection.Prepare(
        $"SELECT {Columns} FROM entries WHERE key = ?1 UNION ALL SELECT NULL, reason, NULL, NULL, NULL FROM departures WHERE key = ?1");

    private readonly Statement _findWithClaim = connection.Prepare(
        $"SELECT {Columns}, NULL FROM entries WHERE key = ?1 UNION ALL SELECT token, NULL, NULL, NULL, NULL, lease_ends FROM claims WHERE key = ?1");

    private readonly Statement _methodName = connection.Prepare("SELECT method FROM totals WHERE id = ?1");

    // Methods keep their numbers for as long as the file is there, and connections never live longer.
    private readonly Dictionary<long, string> _methods = [];

    /// <summary>The entry of a key, or why it left. One statement, hence of one moment: an entry cannot leave between two looks.</summary>
    public StoreLook Find(StoreKey key)
    {
        try
        {
            if (!_find.Bind(1, key).Step()) return default;
            return _find.IsNull(0) ? new StoreLook(Entry: null, ToReason(_find.Number(1))) : new StoreLook(ToEntry(_find, key));
        }
        finally
        {
            _find.Reset();
        }
    }

    /// <summary>The answer to a request that the caller cannot have the claim; <see langword="null"/> if it can.</summary>
    public ClaimResult? FindAnswer(ClaimRequest request)
    {
        if (request.TakeOver) return null;

        try
        {
            _findWithClaim.Bind(1, request.Key);
            while (_findWithClaim.Step())
            {
                if (_findWithClaim.IsNull(5))
                {
                    if (_findWithClaim.Number(0) != request.Seen) return ClaimResult.Ready(ToEntry(_findWithClaim, request.Key));
                }
                else if (_findWithClaim.Number(5) is var leaseEnds && leaseEnds > options.TimeProvider.GetUtcNow().UtcTicks)
                {
                    return ClaimResult.Pending(_findWithClaim.Number(0), new DateTimeOffset(leaseEnds, TimeSpan.Zero));
                }
            }

            return null;
        }
        finally
        {
            _findWithClaim.Reset();
        }
    }

    public StoredEntry ToEntry(Statement row, StoreKey key) => new()
    {
        Key = key,
        Revision = row.Number(0),
        Method = MethodName(row.Number(1)),
        Tags = ToTags(row.Text(2)),
        ReadableKey = row.Text(3),
        Content = row.Bytes(4).ToArray(),
    };

    public static string? ToText(IReadOnlyList<string> tags) => tags.Count == 0 ? null : JsonSerializer.Serialize([.. tags], TagsJson.Default.StringArray);

    public static IReadOnlyList<string> ToTags(string? text)
    {
        try
        {
            return text is null ? [] : JsonSerializer.Deserialize(text, TagsJson.Default.StringArray)!;
        }
        catch (JsonException)
        {
            // Damaged. The content has the tags once more, under a checksum: the entry is as good as its content.
            return [];
        }
    }

    private static MissReason? ToReason(long number) => (Departure)number switch
    {
        Departure.Expired => MissReason.Expired,
        Departure.Evicted => MissReason.Evicted,
        Departure.Invalidated => MissReason.Invalidated,
        _ => null,
    };

    private string MethodName(long id)
    {
        if (_methods.TryGetValue(id, out string? name)) return name;

        try
        {
            // A file that has no name for the method of an entry was not written by us: the entry is shown, and found wanting.
            name = _methodName.Bind(1, id).Step() ? _methodName.Text(0) ?? "" : "";
        }
        finally
        {
            _methodName.Reset();
        }

        return _methods[id] = name;
    }

    [JsonSerializable(typeof(string[]))]
    private sealed partial class TagsJson : JsonSerializerContext;
}
