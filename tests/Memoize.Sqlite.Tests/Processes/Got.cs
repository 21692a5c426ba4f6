namespace Memoize.Sqlite.Tests.Processes;

/// <summary>A value that callers of one process got.</summary>
/// <param name="Key">The key they called with.</param>
/// <param name="Callers">How many of them got it.</param>
/// <param name="Last">When the last of them got it, by the machine's clock.</param>
/// <param name="Value">The value.</param>
internal sealed record Got(string Key, int Callers, long Last, string Value);
