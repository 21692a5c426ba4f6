using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Memoize;

/// <summary>
/// Whether a value that was read back is the one that was written, as far as anybody could tell them apart: run-time type for
/// run-time type, and state for state, the private state of base types included.
/// </summary>
/// <remarks>
/// Where it errs, it finds a difference that nobody would notice: then a result stays in memory, and the log says so. The other
/// way round somebody would get a wrong value.
/// <list type="bullet">
/// <item>Values of the framework are compared bit by bit (<c>-0.0m</c> is not <c>0.0m</c>), its collections by content, order and comparers.</item>
/// <item>What the user's own equality tells apart is apart. What it holds for equal can still differ in what everybody sees, as
/// entities do that compare their ids: their public members are compared, and private ones (a cached hash) left to it.</item>
/// <item>Of every other type all fields are compared, except those that their owner leaves out of what is written (<c>[JsonIgnore]</c>).</item>
/// <item>Which object it is makes no difference: values that are shared within the one may be there twice in the other.</item>
/// </list>
/// Not thread-safe; one for each comparison.
/// </remarks>
[UnconditionalSuppressMessage("Trimming", "IL2026", Justification = LooksOnlyWhereItCan)]
[UnconditionalSuppressMessage("AOT", "IL3050", Justification = LooksOnlyWhereItCan)]
internal sealed class ValueComparison
{
    internal const string LooksOnlyWhereItCan = "Not reached where CanLookInside is false, as trimmed and natively compiled programs have it.";

    private static readonly ValueDifference Other = new("", "comes back as another value");

    // Pairs that are being compared, or were: whatever they differ in is found there.
    private readonly HashSet<(object Written, object Read)> _met = new(PairComparer.Instance);

    // Types whose public members are being compared: one that has itself as a computed member would have no end.
    private readonly HashSet<Type> _shown = [];

    private ValueComparison()
    {
    }

    /// <summary>Whether this program can look into values: neither trimmed nor natively compiled, which keep no more of a type than its code uses.</summary>
    public static bool CanLookInside => JsonSerializer.IsReflectionEnabledByDefault && RuntimeFeature.IsDynamicCodeSupported;

    /// <summary>Where <paramref name="read"/> differs from <paramref name="written"/>; null if it does not.</summary>
    public static ValueDifference? Difference<T>(T written, T read)
    {
        string root = ComparedType.NameOf(written?.GetType() ?? typeof(T));
        try
        {
            return new ValueComparison().Compare(written, read, typeof(T))?.Within(root);
        }
        catch (Exception failure)
        {
            return new ValueDifference(root, "could not be compared with what comes back") { Failure = failure };
        }
    }

    private ValueDifference? Compare(object? written, object? read, Type declared)
    {
        if (ReferenceEquals(written, read)) return null;
        if (written is null) return new("", "is null and comes back as something");
        if (read is null) return new("", "comes back as null");

        var type = written.GetType();
        if (type != read.GetType())
        {
            return ComparedCollection.IsInterchangeable(written, read, declared)
                ? CompareContents(written, read)
                : new("", $"is a '{ComparedType.NameOf(type)}' and comes back as a '{ComparedType.NameOf(read.GetType())}'");
        }

        if (type.IsPrimitive || type.IsEnum || written is string or decimal or DateTime or DateTimeOffset or Half or Type) return SameIf(IsSame(written, read));
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) return new("", "goes too deep to be compared with what comes back");
        if (!type.IsValueType && !_met.Add((written, read))) return null;
        if (ComparedCollection.IsOfFramework(type)) return CompareContents(written, read);

        return written switch
        {
            Uri uri => SameIf(uri.IsAbsoluteUri == ((Uri)read).IsAbsoluteUri && uri.OriginalString == ((Uri)read).OriginalString),
            StringBuilder text => SameIf(text.Equals((StringBuilder)read)),
            JsonElement element => SameIf(IsSame(element, (JsonElement)read)),
            JsonDocument document => SameIf(IsSame(document.RootElement, ((JsonDocument)read).RootElement)),
            JsonNode node => SameIf(JsonNode.DeepEquals(node, (JsonNode)read)),
            Delegate function => CompareDelegates(function, (Delegate)read),
            _ when ComparedType.IsLock(type) => null,
            _ when ComparedType.IsLazy(type) => CompareLazy(written, read, ComparedType.Of(type)),
            _ when ComparedType.IsMemory(type) => CompareContents(ComparedCollection.ArrayOf(written), ComparedCollection.ArrayOf(read)),
            _ => CompareMembers(written, read, ComparedType.Of(type)),
        };
    }

    private static ValueDifference? SameIf(bool isSame) => isSame ? null : Other;

    private static bool IsSame(object written, object read) => written switch
    {
        // One NaN is as good as another; a negative zero divides to another infinity.
        double number => BitConverter.DoubleToInt64Bits(number) == BitConverter.DoubleToInt64Bits((double)read) || (double.IsNaN(number) && double.IsNaN((double)read)),
        float number => BitConverter.SingleToInt32Bits(number) == BitConverter.SingleToInt32Bits((float)read) || (float.IsNaN(number) && float.IsNaN((float)read)),
        Half number => BitConverter.HalfToInt16Bits(number) == BitConverter.HalfToInt16Bits((Half)read) || (Half.IsNaN(number) && Half.IsNaN((Half)read)),

        // With their signs, and the zeros behind the point.
        decimal number => decimal.GetBits(number).AsSpan().SequenceEqual(decimal.GetBits((decimal)read)),

        // With its kind; and which of two hours it is where a clock is put back.
        DateTime moment => BitsOf(moment) == BitsOf((DateTime)read),
        DateTimeOffset moment => moment.EqualsExact((DateTimeOffset)read),
        _ => written.Equals(read),
    };

    private static ulong BitsOf(DateTime moment) => Unsafe.As<DateTime, ulong>(ref moment);

    private static bool IsSame(JsonElement written, JsonElement read) =>
        written.ValueKind == read.ValueKind && (written.ValueKind == JsonValueKind.Undefined || JsonElement.DeepEquals(written, read));

    private ValueDifference? CompareDelegates(Delegate written, Delegate read) =>
        written.Method == read.Method ? Compare(written.Target, read.Target, typeof(object)) : Other;

    // What was not asked for is computed from the same by both; what was is there to be compared.
    private ValueDifference? CompareLazy(object written, object read, ComparedType type) => type.IsCreated(written)
        ? Compare(type.ValueOf(written), type.ValueOf(read), type.Type.GenericTypeArguments[0])?.Within(".Value")
        : Compare(type.FactoryOf(written), type.FactoryOf(read), typeof(Delegate));

    private ValueDifference? CompareMembers(object written, object read, ComparedType type)
    {
        if (type.CannotBeSeen) return new("", "cannot be compared with what comes back: its elements have no names");

        if (!type.HasOwnEquality || type.IsCollection) return CompareFields(written, read, type);
        if (!written.Equals(read)) return Other;

        return type.IsOfFramework || !_shown.Add(type.Type) ? null : CompareShown(written, read, type);
    }

    private ValueDifference? CompareFields(object written, object read, ComparedType type)
    {
        if (type.IsCollection && CompareContents(written, read) is { } other) return other;

        foreach (var field in type.Fields)
        {
            if (Compare(field.GetValue(written), field.GetValue(read), field.FieldType) is { } difference) return difference.Within("." + ComparedType.NameOf(field));
        }

        return null;
    }

    private ValueDifference? CompareShown(object written, object read, ComparedType type)
    {
        foreach (var field in type.PublicFields)
        {
            if (Compare(field.GetValue(written), field.GetValue(read), field.FieldType) is { } difference) return difference.Within("." + field.Name);
        }

        foreach (var property in type.PublicProperties)
        {
            if (CompareShown(written, read, property) is { } difference) return difference.Within("." + property.Name);
        }

        _shown.Remove(type.Type);
        return null;
    }

    private ValueDifference? CompareShown(object written, object read, PropertyInfo property)
    {
        object? expected;
        try
        {
            expected = property.GetValue(written);
        }
        catch (TargetInvocationException failure)
        {
            // What throws here is to throw there: a member that this value does not have.
            return Throws(read, property, failure.InnerException!.GetType()) ? null : Other;
        }

        return Compare(expected, property.GetValue(read), property.PropertyType);
    }

    private static bool Throws(object read, PropertyInfo property, Type failure)
    {
        try
        {
            property.GetValue(read);
            return false;
        }
        catch (TargetInvocationException thrown)
        {
            return thrown.InnerException!.GetType() == failure;
        }
    }

    private ValueDifference? CompareContents(object written, object read)
    {
        if (!ComparedCollection.HaveSameComparers(written, read)) return new("", "has a comparer of its own and comes back with another");

        var expected = ComparedCollection.ItemsOf(written);
        var actual = ComparedCollection.ItemsOf(read);
        if (expected.Count != actual.Count) return new("", "comes back with another number of elements");
        if (written is Array { Rank: > 1 } grid && !ComparedCollection.HaveSameBounds(grid, (Array)read)) return new("", "comes back with other dimensions");
        if (written is byte[] bytes) return SameIf(bytes.AsSpan().SequenceEqual((byte[])read));

        if (!ComparedCollection.IsOrdered(written)) actual = ComparedCollection.InOrderOf(expected, actual);
        var element = ComparedCollection.ElementTypeOf(written);
        for (int i = 0; i < expected.Count; i++)
        {
            if (Compare(expected[i], actual[i], element) is { } difference) return difference.Within($"[{i}]");
        }

        return null;
    }

    private sealed class PairComparer : IEqualityComparer<(object Written, object Read)>
    {
        public static readonly PairComparer Instance = new();

        public bool Equals((object Written, object Read) one, (object Written, object Read) other) =>
            ReferenceEquals(one.Written, other.Written) && ReferenceEquals(one.Read, other.Read);

        public int GetHashCode((object Written, object Read) pair) =>
            HashCode.Combine(RuntimeHelpers.GetHashCode(pair.Written), RuntimeHelpers.GetHashCode(pair.Read));
    }
}
