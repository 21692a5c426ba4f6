using System.Numerics;

namespace Memoize.Serializers.Tests;

/// <summary>Numbers of any size, which MemoryPack 1.21.4 writes as zeros (findings/memorypack-biginteger.sh).</summary>
public sealed partial class Factorials(Memoizer memoizer)
{
    private readonly Memoizer _memoizer = memoizer;

    /// <summary>How often a method has run.</summary>
    public int Runs { get; private set; }

    /// <summary>The product of all numbers up to this one.</summary>
    [CachedResponse("1h")]
    public partial BigInteger Of(int number);

    private BigInteger OfCore(int number)
    {
        Runs++;
        return Enumerable.Range(1, number).Aggregate(BigInteger.One, static (product, factor) => product * factor);
    }
}
