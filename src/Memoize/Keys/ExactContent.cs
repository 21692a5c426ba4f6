using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Memoize;

/// <summary>Values whose own equality ignores what a method may notice. Their own hash will do: what is the same is equal, too.</summary>
internal sealed class ExactContent<T, TExactness> : KeyContent<T>
    where TExactness : struct, IExactness<T>
{
    public static readonly ExactContent<T, TExactness> Instance = new();

    public override bool Equals(T? x, T? y) => x is null || y is null ? x is null && y is null : TExactness.AreSame(x, y);

    public override int GetHashCode(T? obj) => obj is null ? 0 : TExactness.Hash(obj);

    public override T Copy(T value) => value;

    public override string Describe(T value) => value is null ? "null" : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}

/// <summary>When two values are the same for a method.</summary>
internal interface IExactness<T>
{
    static abstract bool AreSame(T x, T y);

    static virtual int Hash(T value) => value!.GetHashCode();
}

/// <summary>The exactness of the framework's types. Of numbers the sign of a zero counts, and all that are not a number are one.</summary>
internal readonly struct Exactness :
    IExactness<double>, IExactness<float>, IExactness<Half>, IExactness<Complex>, IExactness<decimal>, IExactness<DateTime>, IExactness<DateTimeOffset>,
    IExactness<Uri>, IExactness<HttpMethod>
{
    public static bool AreSame(double x, double y) => BitConverter.DoubleToInt64Bits(x) == BitConverter.DoubleToInt64Bits(y) || (double.IsNaN(x) && double.IsNaN(y));

    public static bool AreSame(float x, float y) => BitConverter.SingleToInt32Bits(x) == BitConverter.SingleToInt32Bits(y) || (float.IsNaN(x) && float.IsNaN(y));

    public static bool AreSame(Half x, Half y) => BitConverter.HalfToInt16Bits(x) == BitConverter.HalfToInt16Bits(y) || (Half.IsNaN(x) && Half.IsNaN(y));

    public static bool AreSame(Complex x, Complex y) => AreSame(x.Real, y.Real) && AreSame(x.Imaginary, y.Imaginary);

    /// <summary>Its scale counts, which is how many decimals it prints, and so does the sign of a zero.</summary>
    public static bool AreSame(decimal x, decimal y) => Unsafe.BitCast<decimal, UInt128>(x) == Unsafe.BitCast<decimal, UInt128>(y);

    /// <summary>All of its bits: the time, the kind, and which of two hours is meant when clocks are put back.</summary>
    public static bool AreSame(DateTime x, DateTime y) => Unsafe.BitCast<DateTime, ulong>(x) == Unsafe.BitCast<DateTime, ulong>(y);

    public static bool AreSame(DateTimeOffset x, DateTimeOffset y) => x.EqualsExact(y);

    /// <summary>The whole text, also user information and fragment, which its own equality leaves out.</summary>
    public static bool AreSame(Uri x, Uri y) => x.OriginalString == y.OriginalString && x.IsAbsoluteUri == y.IsAbsoluteUri;

    public static bool AreSame(HttpMethod x, HttpMethod y) => x.Method == y.Method;

    // Not its own, which parses it first.
    static int IExactness<Uri>.Hash(Uri value) => new TextKey(value.OriginalString).GetHashCode();
}
