using System.Runtime.CompilerServices;

namespace Memoize.Testing;

/// <summary>
/// Compares text with a file beside the test, by the convention of Verify: <c>Class.Test.verified.cs</c> is what is
/// expected; on a mismatch <c>Class.Test.received.cs</c> is written and the test fails. To accept, rename the file.
/// </summary>
/// <remarks>
/// Verify itself does the same and more; moving to it is a change of this file. It is named after the test's class only if
/// that class has a file of its own, as all of ours have.
/// </remarks>
public static class Snapshot
{
    public static void Verify(
        string received, [CallerFilePath] string testFile = "", [CallerMemberName] string test = "")
    {
        var stem = Path.Combine(
            Path.GetDirectoryName(Locate(testFile))!, $"{Path.GetFileNameWithoutExtension(testFile)}.{test}");
        var receivedFile = stem + ".received.cs";
        var verifiedFile = stem + ".verified.cs";

        var verified = File.Exists(verifiedFile) ? File.ReadAllText(verifiedFile).ReplaceLineEndings("\n") : null;
        if (verified?.TrimEnd('\n') == received.TrimEnd('\n'))
        {
            File.Delete(receivedFile);
            return;
        }

        File.WriteAllText(receivedFile, received);
        throw new SnapshotMismatchException(verified is null
            ? $"There is no snapshot yet. Read {receivedFile} and rename it to {Path.GetFileName(verifiedFile)}."
            : $"{FirstDifference(verified, received)}{Environment.NewLine}Compare {receivedFile} with {Path.GetFileName(verifiedFile)}.");
    }

    private static string FirstDifference(string verified, string received)
    {
        var expected = verified.Split('\n');
        var actual = received.Split('\n');
        var line = 0;
        while (line < expected.Length && line < actual.Length && expected[line] == actual[line])
            line++;

        return $"""
            The snapshot differs from line {line + 1} on.
            Expected: {expected.ElementAtOrDefault(line)}
            Received: {actual.ElementAtOrDefault(line)}
            """;
    }

    // Deterministic builds shorten the paths of sources to /_/tests/…
    private static string Locate(string testFile)
    {
        if (!testFile.StartsWith("/_/", StringComparison.Ordinal))
            return testFile;

        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Memoize.sln")))
                return Path.Combine(folder, testFile["/_/".Length..]);
        }

        throw new InvalidOperationException("Snapshots can only be compared in the repository: Memoize.sln was not found.");
    }
}
