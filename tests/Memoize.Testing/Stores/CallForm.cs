namespace Memoize.Testing;

/// <summary>The two forms in which stores have each operation.</summary>
public enum CallForm
{
    Synchronous,
    Asynchronous,
}
