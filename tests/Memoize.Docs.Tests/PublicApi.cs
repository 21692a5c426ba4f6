using System.Reflection;
using Memoize.Testing;

namespace Memoize.Docs.Tests;

/// <summary>
/// The public surface of each library stands in a text file beside its project, so that every change of it is seen in
/// review. On a mismatch the file <c>PublicApi.received.txt</c> is written; to accept, move it over the approved one.
/// </summary>
public sealed class PublicApi
{
    [Theory]
    [InlineData("Memoize")]
    [InlineData("Memoize.Resilience")]
    [InlineData("Memoize.Sqlite")]
    public void Is_the_approved_one(string library)
    {
        var folder = Path.Combine(Repository.Root, "src", library);
        var approvedFile = Path.Combine(folder, "PublicApi.approved.txt");
        var receivedFile = Path.Combine(folder, "PublicApi.received.txt");

        var received = PublicApiText.Of(Assembly.Load(library));
        var approved = File.Exists(approvedFile) ? File.ReadAllText(approvedFile).ReplaceLineEndings("\n") : "";
        if (received == approved)
        {
            File.Delete(receivedFile);
            return;
        }

        File.WriteAllText(receivedFile, received);
        var before = approved.Split('\n');
        var after = received.Split('\n');
        Assert.Fail($"""
            The public API of {library} is not the approved one.
            Gone: {string.Join("\n      ", before.Except(after, StringComparer.Ordinal))}
            New:  {string.Join("\n      ", after.Except(before, StringComparer.Ordinal))}
            If that is what you want, move {receivedFile} over {Path.GetFileName(approvedFile)}.
            """);
    }

    [Fact]
    public void Every_library_has_an_approved_one()
    {
        var packable = Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .Where(static project => File.ReadAllText(project) is var text
                && text.Contains("<IsPackable>true</IsPackable>", StringComparison.Ordinal)
                && !text.Contains("<PackAsTool>true</PackAsTool>", StringComparison.Ordinal))
            .Select(static project => Path.GetDirectoryName(project)!);

        Assert.All(packable, static folder => Assert.True(
            File.Exists(Path.Combine(folder, "PublicApi.approved.txt")),
            $"{folder} has no PublicApi.approved.txt. Refer to it from this project, and add it to {nameof(Is_the_approved_one)}."));
    }
}
