using System.Globalization;

namespace Memoize.Generators.Model;

/// <summary>How the keys and results of a method are told apart in stores.</summary>
/// <param name="Schema">The fingerprint of the shape of the results.</param>
/// <param name="JsonLoss">Why System.Text.Json does not give results back as they were, as a C# literal; <see langword="null"/> if it does.</param>
/// <param name="FollowsCode">Whether the method asks for the fingerprint of its code.</param>
/// <param name="Code">That fingerprint, once it is found out.</param>
internal sealed record StoredFormModel(ulong Schema, string? JsonLoss, bool FollowsCode, ulong? Code)
{
    /// <summary>A fingerprint as a C# literal.</summary>
    public static string Literal(ulong fingerprint) => $"0x{fingerprint.ToString("X16", CultureInfo.InvariantCulture)}UL";
}
