using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Memoize.Generators.Parsing;

/// <summary>What the user wrote in <c>[CachedResponse]</c>: each value by itself is valid; how they fit is seen to later.</summary>
internal sealed class AttributeOptions
{
    /// <summary>What <c>CacheStores.MemoryOnly</c> is.</summary>
    public const string MemoryOnly = "memory-only";

    private readonly Dictionary<string, WrittenDuration> _durations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, object> _values = new(StringComparer.Ordinal);

    private AttributeOptions()
    {
    }

    /// <summary>The wrapper's name, if it was given.</summary>
    public string? Name => Text("Name");

    /// <summary>The core's name, if it was given.</summary>
    public string? Core => Text("Core");

    /// <summary>The handle's name, if it was given.</summary>
    public string? Handle => Text("Handle");

    /// <summary>The tags as they were written.</summary>
    public string[] Tags { get; private set; } = [];

    /// <summary>Whether each instance has results of its own.</summary>
    public bool IsPerInstance => Number("Scope") == 1;

    /// <summary>The store that the attribute names; <see langword="null"/> if it leaves that to the memoizer, or wants none.</summary>
    public string? NamedStore => Text("Store") is { } store && store != MemoryOnly ? store : null;

    /// <summary>Whether results may be in a store at all.</summary>
    public bool CanHaveStore => Text("Store") != MemoryOnly && !IsPerInstance;

    /// <summary>Whether results that older code has computed do not count.</summary>
    public bool InvalidatesOnCodeChange => Switch("InvalidateOnCodeChange") == true;

    /// <summary>Reads the attribute; reports every invalid value and then returns <see langword="null"/>.</summary>
    public static AttributeOptions? Parse(AttributeData attribute, Reporter reporter)
    {
        var options = new AttributeOptions();
        var isValid = true;

        if (attribute.ConstructorArguments.FirstOrDefault().Value is string duration)
            isValid &= options.ReadDuration("Duration", duration, reporter);

        foreach (var argument in attribute.NamedArguments)
            isValid &= options.Read(argument.Key, argument.Value, reporter);
        return isValid ? options : null;
    }

    /// <summary>A duration, if it was given.</summary>
    public WrittenDuration? Duration(string option) => _durations.TryGetValue(option, out var duration) ? duration : null;

    /// <summary>A text, if it was given.</summary>
    public string? Text(string option) => _texts.TryGetValue(option, out var text) ? text : null;

    /// <summary>A whole number or the value of an enum, if it was given.</summary>
    public int? Number(string option) => _values.TryGetValue(option, out var value) && value is int number ? number : null;

    /// <summary>A whole number of 64 bits, if it was given.</summary>
    public long? LongNumber(string option) => _values.TryGetValue(option, out var value) && value is long number ? number : null;

    /// <summary>A share, if it was given.</summary>
    public double? Share(string option) => _values.TryGetValue(option, out var value) && value is double share ? share : null;

    /// <summary>A switch, if it was given.</summary>
    public bool? Switch(string option) => _values.TryGetValue(option, out var value) && value is bool flag ? flag : null;

    private bool Read(string option, TypedConstant constant, Reporter reporter)
    {
        // A value that does not compile is the compiler's to report, and null is the same as leaving the option out.
        if (constant.Kind == TypedConstantKind.Error || constant.IsNull)
            return constant.Kind != TypedConstantKind.Error;

        if (constant.Kind == TypedConstantKind.Array)
        {
            Tags = constant.Values.Select(static value => value.Value as string ?? "").ToArray();
            return true;
        }

        return (option, constant.Value) switch
        {
            ("Duration" or "Sliding" or "RefreshAfter" or "StaleOnError" or "SoftTimeout" or "Timeout" or "WaitTimeout" or "FailureDuration", string text)
                => ReadDuration(option, text, reporter),
            ("Name" or "Core" or "Handle" or "Key" or "When" or "DurationFrom" or "Size", string text)
                => Keep(option, text, SyntaxFacts.IsValidIdentifier(text), Diagnostics.InvalidName, reporter),
            ("Store", string text) => Keep(option, text, text.Trim().Length > 0, Diagnostics.InvalidStore, reporter),
            ("Capacity", int count) => ReadValue(option, count, count >= 1, "1 or more", reporter),
            ("MaxConcurrency" or "TagCapacity", int count) => ReadValue(option, count, count >= 0, "1 or more, or 0 for no limit", reporter),
            ("MaxSize", long size) => ReadValue(option, size, size >= 0, "1 or more, or 0 for no limit", reporter),
            ("Jitter", double share) => ReadValue(option, share, share is >= 0 and <= 1, "a share of the life, from 0 to 1", reporter),
            ("OnFailure", int value) => ReadValue(option, value, value is 0 or 1, "OnFailure.Share or OnFailure.Retry", reporter),
            ("OnWaitTimeout", int value) => ReadValue(option, value, value is 0 or 1, "OnWaitTimeout.Throw or OnWaitTimeout.ComputeUncached", reporter),
            ("Scope", int value) => ReadValue(option, value, value is 0 or 1, "CacheScope.Shared or CacheScope.Instance", reporter),
            (_, { } value) => ReadValue(option, value, isValid: true, "", reporter),
            _ => true,
        };
    }

    private bool ReadDuration(string option, string text, Reporter reporter)
    {
        if (Parsing.Duration.Parse(text) is { } ticks)
        {
            _durations[option] = new(text, ticks);
            return true;
        }

        reporter.OnOption(option, Diagnostics.InvalidDuration, text, option, Parsing.Duration.Advice(text));
        return false;
    }

    private bool Keep(string option, string text, bool isValid, DiagnosticDescriptor otherwise, Reporter reporter)
    {
        _texts[option] = text;
        if (!isValid)
            reporter.OnOption(option, otherwise, text, option);
        return isValid;
    }

    private bool ReadValue(string option, object value, bool isValid, string range, Reporter reporter)
    {
        _values[option] = value;
        if (!isValid)
            reporter.OnOption(option, Diagnostics.OptionOutOfRange, option, Convert.ToString(value, CultureInfo.InvariantCulture), range);
        return isValid;
    }
}

/// <summary>A duration as the user wrote it, and what it means.</summary>
internal sealed record WrittenDuration(string Text, long Ticks);
