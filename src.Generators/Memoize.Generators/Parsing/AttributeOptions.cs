using Memoize.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Memoize.Generators.Parsing;

/// <summary>What the user wrote in <c>[CachedResponse]</c>, checked.</summary>
/// <param name="Name">The wrapper's name, if it was given.</param>
/// <param name="Core">The core's name, if it was given.</param>
/// <param name="Policy">What goes to the runtime.</param>
internal sealed record AttributeOptions(string? Name, string? Core, PolicyModel Policy)
{
    /// <summary>Reads the attribute; reports every invalid value and then returns <see langword="null"/>.</summary>
    public static AttributeOptions? Parse(AttributeData attribute, Reporter reporter)
    {
        string? name = null;
        string? core = null;
        long? duration = null;
        int? capacity = null;
        var isValid = true;

        if (attribute.ConstructorArguments.FirstOrDefault().Value is string written)
            ReadDuration(written);

        foreach (var argument in attribute.NamedArguments)
        {
            switch (argument.Key, argument.Value.Value)
            {
                case ("Duration", string text):
                    ReadDuration(text);
                    break;
                case ("Capacity", int count):
                    capacity = count;
                    if (count < 1)
                    {
                        reporter.OnOption("Capacity", Diagnostics.InvalidCapacity, count);
                        isValid = false;
                    }

                    break;
                case ("Name", string text):
                    name = text;
                    break;
                case ("Core", string text):
                    core = text;
                    break;
            }
        }

        return isValid ? new(name, core, new(duration, capacity)) : null;

        void ReadDuration(string text)
        {
            duration = Duration.Parse(text);
            if (duration is null)
            {
                reporter.OnOption("Duration", Diagnostics.InvalidDuration, text);
                isValid = false;
            }
        }
    }
}
