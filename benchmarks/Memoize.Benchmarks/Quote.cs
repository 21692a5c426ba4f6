namespace Memoize.Benchmarks;

/// <summary>What the measured methods return: a small object, made before anything is measured.</summary>
internal sealed record Quote(int Price);
