using Memoize.Testing;

namespace Memoize.Package.Tests;

/// <summary>The package of the command <c>memoize</c>, installed as a user does.</summary>
public sealed class ToolPackage : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("memoize-tool-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Installs_as_the_command_memoize_which_finds_its_database_library()
    {
        string feed = Path.Combine(_folder.FullName, "feed");
        await DotnetCommand.MustRunAsync(
            Repository.Root,
            packageCache: null,
            "pack", "src/Memoize.Cli", "--no-build", "-c", TestedBuild.Configuration, "-o", feed, $"-p:PackageVersion={PackedPackage.Version}");

        // The tool brings all that it needs: no other source is asked.
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "nuget.config"), """
            <configuration>
              <packageSources>
                <clear />
                <add key="packed" value="feed" />
              </packageSources>
            </configuration>
            """);
        await DotnetCommand.MustRunAsync(
            _folder.FullName,
            packageCache: Path.Combine(_folder.FullName, "packages"),
            "tool", "install", "Memoize.Cli", "--version", PackedPackage.Version, "--tool-path", "tools");

        Assert.True(File.Exists(Path.Combine(_folder.FullName, "tools", OperatingSystem.IsWindows() ? "memoize.exe" : "memoize")));
        string program = Directory.GetFiles(_folder.FullName, "Memoize.Cli.dll", SearchOption.AllDirectories).First();
        await File.WriteAllBytesAsync(Path.Combine(_folder.FullName, "noise.db"), Enumerable.Range(0, 5_000).Select(static number => (byte)number).ToArray());
        var (exitCode, output) = await DotnetCommand.RunAsync(_folder.FullName, packageCache: null, "exec", program, "verify", "noise.db");
        Assert.Equal(3, exitCode);
        Assert.Contains("is not an SQLite database", output, StringComparison.Ordinal);
    }
}
