using System.Globalization;

namespace Memoize.Generators.Emitting;

/// <summary>Gives locals of generated code names that no parameter, type parameter or called member has.</summary>
internal sealed class LocalNames(IEnumerable<string> taken)
{
    private readonly HashSet<string> _taken = new(taken.Select(static name => name.TrimStart('@')), StringComparer.Ordinal);

    /// <summary>Gives <paramref name="name"/>, or where that is taken <c>name2</c>, <c>name3</c>, …</summary>
    public string Take(string name)
    {
        var free = name;
        for (var number = 2; !_taken.Add(free); number++)
            free = name + number.ToString(CultureInfo.InvariantCulture);
        return free;
    }
}
