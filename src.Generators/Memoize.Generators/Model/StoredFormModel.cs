using System.Globalization;

namespace Memoize.Generators.Model;

/// <summary>How the keys and results of a method are told apart in stores.</summary>
/// <param name="Schema">The fingerprint of the shape of the results.</param>
/// <param name="Code">The fingerprint of the method's code, if the method asks for it.</param>
internal sealed record StoredFormModel(ulong Schema, ulong? Code)
{
    /// <summary>A fingerprint as a C# literal.</summary>
    public static string Literal(ulong fingerprint) => $"0x{fingerprint.ToString("X16", CultureInfo.InvariantCulture)}UL";
}
