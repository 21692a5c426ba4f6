namespace Memoize;

/// <summary>A store could not do what it was asked to. The message says what to do about it.</summary>
public sealed class CacheStoreException : Exception
{
    /// <summary>A failure without a message.</summary>
    public CacheStoreException()
    {
    }

    /// <summary>A failure.</summary>
    /// <param name="message">What failed, and what to do about it.</param>
    public CacheStoreException(string message)
        : base(message)
    {
    }

    /// <summary>A failure and what caused it.</summary>
    /// <param name="message">What failed, and what to do about it.</param>
    /// <param name="innerException">What caused it.</param>
    public CacheStoreException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
