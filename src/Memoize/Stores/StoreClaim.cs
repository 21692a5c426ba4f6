using System.Runtime.InteropServices;

namespace Memoize;

/// <summary>The right to compute a key, for as long as its lease lasts.</summary>
/// <param name="Key">The key.</param>
/// <param name="Token">The fencing token: greater than that of every earlier claim on the key.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct StoreClaim(StoreKey Key, long Token);
