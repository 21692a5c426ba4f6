using System.Buffers;
using System.Collections.Concurrent;
using System.Numerics;
using System.Text.Json;

namespace Memoize;

/// <summary>
/// Reads the first results of a method back from what was written of them, and says what is lost: what comes back from a store
/// is what went in, or it does not go in.
/// </summary>
/// <remarks>
/// Invariants:
/// 1. Every value is checked, unless JSON writes it and nothing can be in it that was not in those before (<see cref="PlainJson"/>).
///    Of such values the first <see cref="FirstChecked"/> of a run-time type are checked, and from then on ever fewer: the 16th,
///    the 32nd, and so on.
/// 2. Once a value of a run-time type did not come back, every further one of that type is checked. Where it was certain while
///    compiling that some do not, all are: the first ones may be those that have nothing to lose yet.
/// 3. A value whose text was damaged on its way into bytes is found whenever it comes: what cannot be written as UTF-8 becomes
///    U+FFFD, and a value that is written with one is checked.
/// Thread-safe. Calls that race can count as one: then a value more is checked, never one less before (1) is met, and what (2)
/// says is never undone.
/// </remarks>
internal sealed class RoundTripCheck<TValue>(ICacheSerializer serializer, JsonSerializerOptions? json, bool looksInside, bool losesForCertain = false)
{
    /// <summary>How many values of a type are checked before it is trusted.</summary>
    public const int FirstChecked = 8;

    private readonly ConcurrentDictionary<Type, Seen> _types = new();

    // What another serializer does with one value says nothing of what it does with the next.
    private readonly Lazy<PlainJson?> _plain = new(() => looksInside && json is not null ? PlainJson.Of(typeof(TValue), json) : null);

    /// <summary>What of a value would not come back; null if all of it does, as far as is known.</summary>
    /// <param name="value">The value.</param>
    /// <param name="payload">What the serializer has written of it.</param>
    public ValueDifference? LossOf(TValue value, ReadOnlySpan<byte> payload)
    {
        var seen = _types.GetOrAdd(value?.GetType() ?? typeof(TValue), _ => new Seen(losesForCertain));
        if (!seen.IsDue() && _plain.Value?.IsPlain(value) == true && !HasReplacement(payload)) return null;

        var loss = ReadBack(value, payload);
        if (loss is not null) seen.Lost();
        return loss;
    }

    private ValueDifference? ReadBack(TValue value, ReadOnlySpan<byte> payload)
    {
        try
        {
            var read = serializer.Deserialize<TValue>(payload);

            // What getters fill in while they are read for the first time, they have filled in on both sides then.
            var again = new ArrayBufferWriter<byte>(Math.Max(1, payload.Length));
            serializer.Serialize(read!, again);
            return looksInside ? ValueComparison.Difference(value, read) : DifferenceFromOutside(value, read, payload.SequenceEqual(again.WrittenSpan) && !HasReplacement(payload));
        }
        catch (Exception failure)
        {
            return new ValueDifference(NameOf(value), "cannot be read back") { Failure = failure };
        }
    }

    // In a program that was trimmed, fields and names are gone: what is left is the contract, the value's own equality, and its bytes.
    private ValueDifference? DifferenceFromOutside(TValue value, TValue? read, bool isWrittenTheSame)
    {
        if (json is not null && JsonRunTimeTypes.LossOf(value, typeof(TValue), json) is { } loss) return loss.Within(NameOf(value));
        if (value?.GetType() is { } type && type != read?.GetType() && !typeof(TValue).IsInterface) return new(NameOf(value), "comes back as a value of another type");

        // Damaged text is written the same way the second time.
        return isWrittenTheSame || EqualityComparer<TValue>.Default.Equals(value, read) ? null : new(NameOf(value), "comes back as another value");
    }

    private static string NameOf(TValue value) => ComparedType.NameOf(value?.GetType() ?? typeof(TValue));

    // As UTF-8, and as JSON escapes it.
    private static bool HasReplacement(ReadOnlySpan<byte> payload) => payload.IndexOf("\uFFFD"u8) >= 0 || payload.IndexOf("\\uFFFD"u8) >= 0;

    private sealed class Seen(bool isLossy)
    {
        private long _count;
        private bool _isLossy = isLossy;

        public bool IsDue()
        {
            long count = ++_count;
            return count <= FirstChecked || BitOperations.IsPow2(count) || Volatile.Read(ref _isLossy);
        }

        public void Lost() => Volatile.Write(ref _isLossy, true);
    }
}
