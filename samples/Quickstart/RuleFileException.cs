namespace Quickstart;

/// <summary>A rule file that cannot be used. The message names the file and what is wrong in it.</summary>
internal sealed class RuleFileException(string file, string reason, Exception? innerException = null)
    : Exception($"{Path.GetFileName(file)}: {reason}", innerException)
{
    public string File { get; } = file;
}
