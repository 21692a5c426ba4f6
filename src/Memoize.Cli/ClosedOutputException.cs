namespace Memoize.Cli;

/// <summary>Nobody reads the output any more.</summary>
internal sealed class ClosedOutputException(IOException cause) : Exception(cause.Message, cause);
