using System.Security.Cryptography;
using System.Text;

namespace Memoize.Generators.Parsing;

/// <summary>
/// A number that stands for a text: the first eight bytes of its SHA-256. It is the same on every machine and in every
/// version, unlike <see cref="string.GetHashCode()"/>.
/// </summary>
internal static class Fingerprint
{
    [ThreadStatic]
    private static SHA256? _hash;

    public static ulong Of(string text)
    {
        var bytes = (_hash ??= SHA256.Create()).ComputeHash(Encoding.UTF8.GetBytes(text));
        var fingerprint = 0UL;
        for (var i = 0; i < sizeof(ulong); i++)
            fingerprint = (fingerprint << 8) | bytes[i];
        return fingerprint;
    }
}
