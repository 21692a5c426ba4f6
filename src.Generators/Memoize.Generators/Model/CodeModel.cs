namespace Memoize.Generators.Model;

/// <summary>The code of a method that asked for its fingerprint.</summary>
/// <param name="MethodId">The documentation id of the method.</param>
/// <param name="Fingerprint">The fingerprint.</param>
internal sealed record CodeModel(string MethodId, ulong Fingerprint);
