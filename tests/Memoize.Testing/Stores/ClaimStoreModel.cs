using Xunit;

namespace Memoize.Testing;

/// <summary>
/// What <see cref="IClaimStore"/> says, as a model of a few variables for each key. Random operations go to two stores on the same data, and
/// each answer is compared with the model's.
/// </summary>
internal sealed class ClaimStoreModel
{
    /// <summary>The environment variable with the seed to use instead of a new one.</summary>
    public const string SeedVariable = "MEMOIZE_SEED";

    private const int Keys = 4;

    private static readonly string[] Tags = ["red", "green", "blue"];
    private static readonly string[] Methods = ["Even", "Odd"];

    private readonly int _seed;
    private readonly Random _random;
    private readonly ManualTimeProvider _time;
    private readonly IClaimStore[] _stores;
    private readonly TimeSpan _lease;
    private readonly MakeEntry _entry;
    private readonly ModelledKey[] _keys;
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly Queue<string> _history = [];
    private int _values;

    public ClaimStoreModel(int seed, ManualTimeProvider time, IClaimStore one, IClaimStore other, Func<int, StoreKey> key, MakeEntry entry)
    {
        _seed = seed;
        _random = new Random(seed);
        _time = time;
        _stores = [one, other];
        _lease = one.LeaseDuration;
        _entry = entry;
        _keys = [.. Enumerable.Range(0, Keys).Select(i => new ModelledKey(key(i), Methods[i % Methods.Length]))];
    }

    public delegate StoredEntry MakeEntry(StoreKey key, string value, TimeSpan? life, string method, string[] tags);

    /// <summary>The seed that the environment asks for.</summary>
    public static int? SeedToReplay => int.TryParse(Environment.GetEnvironmentVariable(SeedVariable), out int seed) ? seed : null;

    /// <summary>Whether completing again is true again.</summary>
    public bool KnowsCompleted { get; init; } = true;

    public void Run(int operations)
    {
        for (int i = 0; i < operations; i++)
        {
            try
            {
                Step();
                foreach (var key in _keys) Check(key);
                Same(_keys.Count(key => key.Entry is not null), Store.Count(), "entries");
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"Seed {_seed} ({SeedVariable}={_seed} repeats it), operation {i}: {failure.Message}\nBefore it:\n{string.Join('\n', _history)}", failure);
            }
        }
    }

    public override string ToString() => string.Join(", ", _counts.Select(pair => $"{pair.Key} {pair.Value}"));

    // Either of the two.
    private IClaimStore Store => _stores[_random.Next(2)];

    // About as long as a lease; where there are none, as long as one could be.
    private TimeSpan Life => _lease == Timeout.InfiniteTimeSpan ? TimeSpan.FromSeconds(30) : _lease;

    private DateTimeOffset EndOfLease => _lease == Timeout.InfiniteTimeSpan ? DateTimeOffset.MaxValue : _time.GetUtcNow() + _lease;

    private bool IsSynchronous => _random.Next(2) == 0;

    private void Step()
    {
        var key = _keys[_random.Next(Keys)];
        switch (_random.Next(21))
        {
            case 0: Write(key); break;
            case 1: Remove(key); break;
            case 2 when _random.Next(3) == 0: RemoveByTag(Tags[_random.Next(Tags.Length)]); break;
            case 3 when _random.Next(6) == 0: Clear(_random.Next(3) == 0 ? null : key.Method); break;
            case 4: Prune(); break;
            case < 8: Advance(); break;
            case < 14: TryClaim(key); break;
            case < 16: Renew(key); break;
            case < 19: Complete(key); break;
            default: Abandon(key); break;
        }
    }

    private void Write(ModelledKey key)
    {
        var entry = NewEntry(key);
        Say($"write {entry.Value} to {key}");
        if (IsSynchronous) Store.Write(entry.Stored);
        else Wait(Store.WriteAsync(entry.Stored));
        key.Entry = entry;
        key.Claim = null;
    }

    private void Remove(ModelledKey key)
    {
        Say($"remove {key}");
        Same(key.Entry is not null, IsSynchronous ? Store.Remove(key.Key) : Wait(Store.RemoveAsync(key.Key)), "removed");
        key.Leave(MissReason.Invalidated);
        key.Claim = null;
    }

    private void RemoveByTag(string tag)
    {
        Say($"remove by tag {tag}");
        long removed = IsSynchronous ? Store.RemoveByTag(tag) : Wait(Store.RemoveByTagAsync(tag));
        Same(Invalidate(entry => entry.Stored.Tags.Contains(tag), claim => claim.Tags.Contains(tag)), removed, "removed by tag");
        foreach (var key in _keys) AskForClaimOfPruned(key, tag);
    }

    // A store may remember with the claim which tags the entry had that it is to replace; whether they still count when that entry
    // was pruned meanwhile is its own affair.
    private void AskForClaimOfPruned(ModelledKey key, string tag)
    {
        if (key is not { Entry: null, Claim: { } claim } || !claim.ReplacedTags.Contains(tag)) return;

        if (Store.Renew(new StoreClaim(key.Key, claim.Token))) claim.Until = EndOfLease;
        else key.Claim = null;
    }

    private void Clear(string? method)
    {
        Say($"clear {method ?? "everything"}");
        long removed = IsSynchronous ? Store.Clear(method) : Wait(Store.ClearAsync(method));
        Same(Invalidate(entry => method is null || entry.Stored.Method == method, claim => method is null || claim.Method == method), removed, "cleared");
    }

    private void Prune()
    {
        Say("prune");
        long removed = IsSynchronous ? Store.Prune() : Wait(Store.PruneAsync());
        ModelledKey[] gone = [.. _keys.Where(key => key.Entry is { } entry && entry.GoneAt < _time.GetUtcNow())];
        foreach (var key in gone) key.Leave(MissReason.Expired);
        Same(gone.Length, removed, "pruned");
    }

    // Never onto a moment at which something ends, whose side a store may take either way.
    private void Advance()
    {
        var by = _random.Next(8) == 0 ? Life : _random.NextDouble() * Life / 3;
        while (_keys.Any(key => IsNear(key.Entry?.GoneAt) || IsNear(key.Claim?.Until))) by += TimeSpan.FromMilliseconds(7);
        Say($"advance by {by}");
        _time.Advance(by);

        bool IsNear(DateTimeOffset? moment) => moment is { } end && (end - (_time.GetUtcNow() + by)).Duration() < TimeSpan.FromMilliseconds(5);
    }

    private void TryClaim(ModelledKey key)
    {
        var request = new ClaimRequest
        {
            Key = key.Key,
            Method = key.Method,
            Tags = RandomTags(),
            Seen = _random.Next(4) == 0 ? null : _random.Next(4) == 0 ? key.RandomRevision(_random) : key.Entry?.Stored.Revision,
            TakeOver = _random.Next(10) == 0,
        };
        Say($"claim {key} having seen {request.Seen}{(request.TakeOver ? ", taking over" : "")}");
        var result = IsSynchronous ? Store.TryClaim(request) : Wait(Store.TryClaimAsync(request));

        if (!request.TakeOver && key.Entry is { } entry && entry.Stored.Revision != request.Seen)
        {
            Same(entry.Stored.Revision, result.Entry?.Revision, "the revision of the entry that answers");
        }
        else if (!request.TakeOver && key.Claim is { } other && _time.GetUtcNow() < other.Until)
        {
            Assert.True(result.IsPending, $"expected the claim to be pending, but got {result}");
            Same(other.Token, result.PendingToken, "the token of the other's claim");
            Assert.True((other.Until - result.PendingUntil).Duration() <= TimeSpan.FromMilliseconds(1), $"expected the lease to end at {other.Until:O}, but it does at {result.PendingUntil:O}");
        }
        else
        {
            Assert.True(result.Claim is not null, $"expected the claim to be won, but got {result}");
            long token = result.Claim.Value.Token;
            Assert.True(token > key.Tokens.LastOrDefault(), $"got token {token} after {key.Tokens.LastOrDefault()}");
            key.Tokens.Add(token);
            key.Claim = new(token, key.Method, request.Tags) { Until = EndOfLease, ReplacedTags = key.Entry?.Stored.Tags ?? [] };
        }
    }

    private void Renew(ModelledKey key)
    {
        var claim = key.RandomClaim(_random);
        Say($"renew {claim.Token} of {key}");
        Same(key.Claim?.Token == claim.Token, IsSynchronous ? Store.Renew(claim) : Wait(Store.RenewAsync(claim)), "renewed");
        if (key.Claim?.Token == claim.Token) key.Claim.Until = EndOfLease;
    }

    private void Complete(ModelledKey key)
    {
        var claim = key.RandomClaim(_random);
        var entry = NewEntry(key) with { CompletedBy = claim.Token };
        Say($"complete {claim.Token} of {key} with {entry.Value}");
        bool isCurrent = key.Claim?.Token == claim.Token;
        bool wasCompleted = KnowsCompleted && key.Entry is not null && key.Entry.CompletedBy == claim.Token;
        Same(isCurrent || wasCompleted, IsSynchronous ? Store.Complete(claim, entry.Stored) : Wait(Store.CompleteAsync(claim, entry.Stored)), "completed");
        if (!isCurrent) return;

        key.Entry = entry;
        key.Claim = null;
    }

    private void Abandon(ModelledKey key)
    {
        var claim = key.RandomClaim(_random);
        Say($"abandon {claim.Token} of {key}");
        Same(key.Claim?.Token == claim.Token, IsSynchronous ? Store.Abandon(claim) : Wait(Store.AbandonAsync(claim)), "abandoned");
        if (key.Claim?.Token == claim.Token) key.Claim = null;
    }

    private long Invalidate(Func<ModelledEntry, bool> entryIsMeant, Func<ModelledClaim, bool> claimIsMeant)
    {
        long removed = 0;
        foreach (var key in _keys)
        {
            bool isRemoved = key.Entry is not null && entryIsMeant(key.Entry);
            if (isRemoved || key.Claim is not null && claimIsMeant(key.Claim)) key.Claim = null;
            if (!isRemoved) continue;

            key.Leave(MissReason.Invalidated);
            removed++;
        }

        return removed;
    }

    // What the key has in the store is what it has in the model; a revision that the model does not know yet is new.
    private void Check(ModelledKey key)
    {
        var look = Store.Read(key.Key);
        if (key.Entry is not { } entry)
        {
            Assert.True(look.Entry is null, $"expected {key} to have no entry");
            Assert.True(look.Reason is null || look.Reason == key.Reason, $"expected {key} to have left because of {key.Reason}, not {look.Reason}");
            return;
        }

        Assert.True(look.Entry is not null, $"expected {key} to have entry {entry.Value}");
        Assert.True(look.Entry.Content.Span.SequenceEqual(entry.Stored.Content.Span), $"expected {key} to have entry {entry.Value}, but it has another");
        if (entry.IsNew)
        {
            Assert.True(key.Revisions.Add(look.Entry.Revision), $"revision {look.Entry.Revision} of {key} came a second time");
            key.Entry = entry with { Stored = look.Entry, IsNew = false };
        }

        Same(key.Entry.Stored.Revision, look.Entry.Revision, "the revision");
    }

    private ModelledEntry NewEntry(ModelledKey key)
    {
        TimeSpan? life = _random.Next(3) == 0 ? null : _random.NextDouble() * 4 * Life;
        string value = $"value {++_values}";
        return new(_entry(key.Key, value, life, key.Method, RandomTags()), value, _time.GetUtcNow() + life);
    }

    private string[] RandomTags() => [.. Tags.Where(_ => _random.Next(3) == 0)];

    private void Say(string what)
    {
        string name = what.Split(' ')[0];
        _counts[name] = _counts.GetValueOrDefault(name) + 1;
        _history.Enqueue($"{_time.GetUtcNow():HH:mm:ss.fff} {what}");
        if (_history.Count > 40) _history.Dequeue();
    }

    private static void Same<T>(T expected, T actual, string what) =>
        Assert.True(EqualityComparer<T>.Default.Equals(expected, actual), $"{what}: expected {expected}, but got {actual}");

    private static T Wait<T>(ValueTask<T> task) => task.AsTask().GetAwaiter().GetResult();

    private static void Wait(ValueTask task) => task.AsTask().GetAwaiter().GetResult();

    private sealed class ModelledKey(StoreKey key, string method)
    {
        public StoreKey Key { get; } = key;

        public string Method { get; } = method;

        public ModelledEntry? Entry { get; set; }

        public ModelledClaim? Claim { get; set; }

        public MissReason? Reason { get; private set; }

        public List<long> Tokens { get; } = [];

        public HashSet<long> Revisions { get; } = [];

        public void Leave(MissReason reason)
        {
            if (Entry is not null) Reason = reason;
            Entry = null;
        }

        // Mostly the current one, else one of earlier.
        public StoreClaim RandomClaim(Random random) =>
            new(Key, Claim is not null && random.Next(3) > 0 ? Claim.Token : Tokens.Count == 0 ? 1_000_000 : Tokens[^random.Next(1, Math.Min(Tokens.Count, 5) + 1)]);

        public long? RandomRevision(Random random) => Revisions.Count == 0 ? null : Revisions.ElementAt(random.Next(Revisions.Count));

        public override string ToString() => Key.ToString()[..6];
    }

    private sealed record ModelledEntry(StoredEntry Stored, string Value, DateTimeOffset? GoneAt)
    {
        public long? CompletedBy { get; init; }

        public bool IsNew { get; init; } = true;
    }

    private sealed record ModelledClaim(long Token, string Method, IReadOnlyList<string> Tags)
    {
        public DateTimeOffset Until { get; set; }

        public IReadOnlyList<string> ReplacedTags { get; init; } = [];
    }
}
