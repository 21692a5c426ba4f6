namespace Memoize;

/// <summary>Why a call found no fresh value.</summary>
public enum MissReason
{
    /// <summary>Nothing is known of the key: it was never computed, or that was too long ago to be remembered.</summary>
    NotFound,

    /// <summary>The value's life had ended.</summary>
    Expired,

    /// <summary>The value had to make room for others.</summary>
    Evicted,

    /// <summary>The value was invalidated or cleared.</summary>
    Invalidated,

    /// <summary>The stored value is of another <c>Version</c> of the method.</summary>
    VersionChanged,

    /// <summary>The stored value has another shape than the method's result type has now.</summary>
    SchemaChanged,

    /// <summary>Something that the value depends on has changed.</summary>
    DependencyChanged,

    /// <summary>The last result was not kept, because it was not successful.</summary>
    Unsuccessful,

    /// <summary>The stored value could not be read.</summary>
    Corrupt,

    /// <summary>The store failed, so that the value could not be looked up.</summary>
    StoreFailed,

    /// <summary>The caller asked for a computation whatever the cache held.</summary>
    Bypassed,
}
