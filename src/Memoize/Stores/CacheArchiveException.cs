namespace Memoize;

/// <summary>A stream holds no archive, or one that is damaged or cut off. The message says what is wrong, and where.</summary>
public sealed class CacheArchiveException : FormatException
{
    /// <summary>A failure without a message.</summary>
    public CacheArchiveException()
    {
    }

    /// <summary>A failure.</summary>
    /// <param name="message">What is wrong, and where.</param>
    public CacheArchiveException(string message)
        : base(message)
    {
    }

    /// <summary>A failure and what caused it.</summary>
    /// <param name="message">What is wrong, and where.</param>
    /// <param name="innerException">What caused it.</param>
    public CacheArchiveException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Where it is wrong: how many bytes into the archive the part that cannot be read begins.</summary>
    public long Position { get; init; }

    /// <summary>How many entries were imported before. They stay.</summary>
    public long Imported { get; init; }
}
