using System.Globalization;
using Memoize.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Parsing;

/// <summary>
/// Makes the policy of a method from what the attribute says, and refuses options that contradict each other: the same that
/// <c>CachePolicy&lt;TValue&gt;</c> refuses when a memoizer first runs the method.
/// </summary>
internal static class PolicyParser
{
    private static readonly string[] DurationsBeforeEnums = ["RefreshAfter", "StaleOnError", "SoftTimeout", "Timeout", "WaitTimeout"];

    public static PolicyModel? Parse(
        IMethodSymbol method, AttributeOptions options, EquatableArray<ParameterModel>? parameters, KnownTypes knownTypes, Reporter reporter)
    {
        // No short circuit here either.
        var fits = !Contradicts(method, options, reporter);
        fits &= HasInstance(method, options, reporter);
        fits &= CanShareStore(method, options, reporter);
        fits &= CallbackFinder.TryFind("When", "bool", method, options, knownTypes, reporter, out var when);
        fits &= CallbackFinder.TryFind("DurationFrom", "System.TimeSpan", method, options, knownTypes, reporter, out var durationFrom);
        fits &= CallbackFinder.TryFind("Size", "long", method, options, knownTypes, reporter, out var size);
        var tags = TagParser.Parse(method, options.Tags, parameters, knownTypes, reporter);
        if (!fits || tags is null)
            return null;

        return new(
            Set(options).ToEquatableArray(),
            when,
            durationFrom,
            size,
            tags.Value,
            RefreshesInBackground: options.Duration("RefreshAfter") is not null,
            options.IsPerInstance);
    }

    private static bool Contradicts(IMethodSymbol method, AttributeOptions options, Reporter reporter)
    {
        var refused = false;
        var duration = options.Duration("Duration");
        var softTimeout = options.Duration("SoftTimeout");
        var timeout = options.Duration("Timeout");

        if (options.Duration("RefreshAfter") is { } refreshAfter && refreshAfter.Ticks >= duration?.Ticks)
            Refuse($"RefreshAfter is \"{refreshAfter.Text}\", but a result of that age has expired; write less than the Duration of \"{duration.Text}\"");
        if (options.Duration("Sliding") is { } sliding && sliding.Ticks >= duration?.Ticks)
            Refuse($"Sliding is \"{sliding.Text}\", but a result only lives for its Duration; write less than \"{duration.Text}\"");
        if (softTimeout is not null && options.Duration("StaleOnError") is null)
            Refuse("SoftTimeout is set, but there is no stale result to take then; set StaleOnError too");
        if (softTimeout?.Ticks >= timeout?.Ticks)
            Refuse($"SoftTimeout is \"{softTimeout!.Text}\", but the computation ends at its Timeout; write less than \"{timeout!.Text}\"");
        if (options.Number("OnWaitTimeout") is > 0 && options.Duration("WaitTimeout") is null)
            Refuse("OnWaitTimeout is set, but nobody's wait is limited; set WaitTimeout too");
        if (options.Number("OnFailure") is > 0 && options.Duration("FailureDuration") is not null)
            Refuse("OnFailure is Retry, but a failure that is remembered for the FailureDuration is not retried; leave one of them out");
        if (options.Number("TagCapacity") is > 0 && options.Tags.Length == 0)
            Refuse("TagCapacity is set, but there are no tags; set Tags too");
        if (options.LongNumber("MaxSize") is > 0 && options.Text("Size") is null)
            Refuse("MaxSize is set, but results have no size; name a method that gives it: Size = nameof(…)");
        return refused;

        void Refuse(string contradiction)
        {
            reporter.OnAttribute(Diagnostics.OptionsContradict, method.Name, contradiction);
            refused = true;
        }
    }

    private static bool HasInstance(IMethodSymbol method, AttributeOptions options, Reporter reporter)
    {
        if (!options.IsPerInstance || method is { IsStatic: false, ContainingType.IsValueType: false })
            return true;

        reporter.OnOption(
            "Scope",
            Diagnostics.ScopeNeedsInstance,
            method.Name,
            method.IsStatic ? "is static" : $"'{method.ContainingType.Name}' is a struct, of which every copy is another instance");
        return false;
    }

    private static bool CanShareStore(IMethodSymbol method, AttributeOptions options, Reporter reporter)
    {
        if (!options.IsPerInstance || options.NamedStore is not { } store)
            return true;

        reporter.OnOption("Store", Diagnostics.StoreNeedsSharing, method.Name, store);
        return false;
    }

    private static IEnumerable<PolicyOption> Set(AttributeOptions options)
    {
        if (TimeSpanOf("Duration") is { } duration)
            yield return duration;
        if (TimeSpanOf("Sliding") is { } sliding)
            yield return sliding;
        if (options.Share("Jitter") is { } jitter)
            yield return new("Jitter", jitter.ToString("R", CultureInfo.InvariantCulture));

        foreach (var option in DurationsBeforeEnums)
        {
            if (TimeSpanOf(option) is { } value)
                yield return value;
        }

        if (options.Number("OnWaitTimeout") is { } onWaitTimeout)
            yield return new("OnWaitTimeout", $"global::Memoize.OnWaitTimeout.{(onWaitTimeout == 0 ? "Throw" : "ComputeUncached")}");
        if (options.Number("OnFailure") is { } onFailure)
            yield return new("OnFailure", $"global::Memoize.OnFailure.{(onFailure == 0 ? "Share" : "Retry")}");
        if (TimeSpanOf("FailureDuration") is { } failureDuration)
            yield return failureDuration;
        if (options.Switch("CacheNull") is { } cacheNull)
            yield return new("CacheNull", cacheNull ? "true" : "false");

        // In the attribute, which knows no nullable numbers, zero stands for "no limit".
        foreach (var option in new[] { "Capacity", "TagCapacity", "MaxConcurrency" })
        {
            if (options.Number(option) is > 0 and var count)
                yield return new(option, count.ToString(CultureInfo.InvariantCulture));
        }

        if (options.LongNumber("MaxSize") is > 0 and var maxSize)
            yield return new("MaxSize", maxSize.ToString(CultureInfo.InvariantCulture));
        if (options.Number("Version") is { } version)
            yield return new("Version", version.ToString(CultureInfo.InvariantCulture));
        if (options.Text("Store") is { } store)
            yield return new("Store", CodeText.Literal(store));

        PolicyOption? TimeSpanOf(string option)
            => options.Duration(option) is { } written ? new(option, CodeText.TimeSpan(written.Ticks)) : null;
    }
}
