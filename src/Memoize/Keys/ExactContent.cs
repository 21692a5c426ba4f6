using System.Globalization;

namespace Memoize;

/// <summary>Values whose own equality ignores what a method may notice. Their own hash will do: what is the same is equal, too.</summary>
internal sealed class ExactContent<T>(Func<T, T, bool> areSame) : KeyContent<T>
    where T : struct, IFormattable
{
    public override bool Equals(T x, T y) => areSame(x, y);

    public override int GetHashCode(T obj) => obj.GetHashCode();

    public override T Copy(T value) => value;

    public override string Describe(T value) => value.ToString(format: null, CultureInfo.InvariantCulture);
}
