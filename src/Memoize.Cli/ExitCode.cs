namespace Memoize.Cli;

/// <summary>What the program ends with: part of its contract with scripts, see docs/cli.md.</summary>
internal static class ExitCode
{
    /// <summary>Done, and nothing is wrong.</summary>
    public const int Fine = 0;

    /// <summary>Done, and something is wrong with what is in the store: the output says what.</summary>
    public const int ProblemsFound = 1;

    /// <summary>The command line cannot be understood.</summary>
    public const int WrongUsage = 2;

    /// <summary>A file is missing, or not what it should be.</summary>
    public const int UnusableFile = 3;

    /// <summary>No entry has that key, or several begin like it.</summary>
    public const int NoSuchEntry = 4;

    /// <summary>The work failed on the way.</summary>
    public const int Failed = 5;

    /// <summary>Ended by Ctrl-C, as shells have it: 128 and the number of the signal.</summary>
    public const int Cancelled = 130;
}
