using System.Security;

namespace Memoize.Package.Tests;

/// <summary>A project that has the package and nothing else of this repository.</summary>
[Collection(UsesPackedPackage.Name)]
public sealed class PackageConsumer(PackedPackage package)
{
    [Fact]
    public async Task G16_Builds_from_the_package_without_warnings_and_caches_both_forms()
    {
        var folder = await RestoredAsync("consumer");

        await DotnetCommand.MustRunAsync(folder, package.PackageCache, "build", "--no-restore");

        Assert.Equal(
            ["Greeter.CountLetters.g.cs", "Greeter.GreetAsync.g.cs", "Numbers.Twice.g.cs"],
            ConsumerProject.GeneratedFiles(folder));
        Assert.Equal(ConsumerProject.ExpectedOutput, await ConsumerProject.RunAsync(folder, "Debug"));

        // It came from the package, into a cache that had none of it.
        Assert.True(File.Exists(Path.Combine(
            package.PackageCache, "memoize", PackedPackage.Version, "analyzers", "dotnet", "cs", "Memoize.Generators.dll")));
    }

    [Fact]
    public async Task Is_told_by_the_analyzers_what_cannot_be_cached()
    {
        var folder = await RestoredAsync("wrong-usage");

        var (exitCode, output) = await DotnetCommand.RunAsync(
            folder, package.PackageCache, "build", "--no-restore", "-p:WithWrongUsage=true");

        Assert.NotEqual(0, exitCode);
        Assert.Matches(@"WrongUsage\.cs\(\d+,\d+\): error MEMO\d{3}: .*NotPartial", output);
    }

    [Theory]
    [InlineData("roslyn4.7", "4.7")]
    [InlineData("unknown", "3.11")] // compilers before 4.0 do not say their version
    public async Task G16_Is_told_when_its_compiler_is_too_old_for_the_generator(string compiler, string version)
    {
        var folder = await RestoredAsync("old-compiler" + version);

        var (exitCode, output) = await DotnetCommand.RunAsync(
            folder, package.PackageCache, "build", "--no-restore", $"-p:CompilerApiVersion={compiler}");

        Assert.NotEqual(0, exitCode);
        Assert.Contains("error MEMO900", output, StringComparison.Ordinal);
        Assert.Contains($"needs the C# compiler 4.8 or newer, and this project is compiled with {version}", output, StringComparison.Ordinal);
        Assert.Contains("Build with the .NET SDK 10 or newer", output, StringComparison.Ordinal);
    }

    private async Task<string> RestoredAsync(string name)
    {
        var folder = package.NewFolder(name);
        ConsumerProject.Write(folder, $"""<PackageReference Include="Memoize" Version="{PackedPackage.Version}" />""");

        // The feed is added to the sources that the machine has. What this build has restored already is taken from its
        // folder, so that the test asks no other machine for anything, and a source that does not answer stops nobody.
        await File.WriteAllTextAsync(Path.Combine(folder, "nuget.config"), $"""
            <configuration>
              <packageSources>
                <add key="packed" value="{SecurityElement.Escape(package.Feed)}" />
              </packageSources>
              <fallbackPackageFolders>
                <add key="restored" value="{SecurityElement.Escape(TestedBuild.PackageFolder)}" />
              </fallbackPackageFolders>
            </configuration>
            """);
        await DotnetCommand.MustRunAsync(
            folder, package.PackageCache, "restore", "-p:RestoreIgnoreFailedSources=true", "-p:NoWarn=NU1801");
        return folder;
    }
}
