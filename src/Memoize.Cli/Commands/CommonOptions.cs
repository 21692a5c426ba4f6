using System.CommandLine;

namespace Memoize.Cli.Commands;

/// <summary>What several commands take.</summary>
internal static class CommonOptions
{
    public static Argument<string> File() => new("FILE") { Description = "The SQLite file of the store." };

    public static Argument<string> Archive(string description) => new("ARCHIVE") { Description = description };

    public static Option<bool> Json() => new("--json") { Description = "Write the result as JSON, for scripts." };
}
