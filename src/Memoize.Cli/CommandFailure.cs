namespace Memoize.Cli;

/// <summary>A command cannot go on, for a reason that its user can do something about.</summary>
internal sealed class CommandFailure(int exitCode, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>What the program ends with.</summary>
    public int ExitCode { get; } = exitCode;
}
