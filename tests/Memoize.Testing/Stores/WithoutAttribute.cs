namespace Memoize.Testing;

/// <summary>
/// On a class that inherits a store contract: its store does not have <paramref name="feature"/>. The specifications that need
/// it are reported as skipped, with <paramref name="reason"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class WithoutAttribute(StoreFeature feature, string reason) : Attribute
{
    public StoreFeature Feature { get; } = feature;

    public string Reason { get; } = reason;
}
