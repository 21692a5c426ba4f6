namespace Memoize;

/// <summary>The key of a cached method that has no parameter in its key: there is one result, and one key.</summary>
public readonly struct NoKey : IEquatable<NoKey>
{
    /// <inheritdoc/>
    public bool Equals(NoKey other) => true;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is NoKey;

    /// <inheritdoc/>
    public override int GetHashCode() => 0;

    /// <summary>Always true: there is only one.</summary>
    public static bool operator ==(NoKey left, NoKey right) => true;

    /// <summary>Always false: there is only one.</summary>
    public static bool operator !=(NoKey left, NoKey right) => false;
}
