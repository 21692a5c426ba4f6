namespace Memoize.Generators.Model;

/// <summary>The options of one cached method. <see langword="null"/> leaves the runtime's default in place.</summary>
/// <param name="DurationTicks">The life of a value, in ticks of 100 ns.</param>
/// <param name="Capacity">How many entries the memory store keeps.</param>
internal sealed record PolicyModel(long? DurationTicks, int? Capacity);
