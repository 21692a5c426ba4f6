using System.Text.RegularExpressions;
using Memoize.Testing;

namespace Memoize.Package.Tests;

/// <summary>
/// What <c>dotnet build</c> prints for programs with cached methods that cannot work. The first line of each says which rules it
/// breaks; those of <c>Alone</c> have an error for which the compiler runs no analyzers, and so are compiled one by one.
/// </summary>
[Collection(UsesPackedPackage.Name)]
public sealed partial class WrongPrograms(PackedPackage package)
{
    private static readonly string Sources = Path.Combine(AppContext.BaseDirectory, "WrongPrograms");

    [Fact]
    public async Task Are_told_what_is_wrong_and_never_only_that_an_implementing_part_is_missing()
    {
        var folder = package.NewFolder("wrong-programs");
        Write(folder);

        var (exitCode, output) = await DotnetCommand.RunAsync(folder, packageCache: null, "build", "All.proj", "-restore:false");
        Assert.NotEqual(0, exitCode);

        var told = Told().Matches(output)
            .Select(static line => (File: line.Groups["file"].Value, Id: line.Groups["id"].Value))
            .ToLookup(static line => line.File, static line => line.Id, StringComparer.Ordinal);
        Assert.All(Programs(), program =>
        {
            var ids = told[Path.GetFileName(program)].Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
            var expected = Rule().Matches(File.ReadLines(program).First()).Select(static rule => rule.Value);
            Assert.Equal(expected, ids.Where(static id => id.StartsWith("MEMO", StringComparison.Ordinal)), StringComparer.Ordinal);
            Assert.True(!ids.Contains("CS8795", StringComparer.Ordinal) || expected.Any(), $"{program} is told of CS8795 only.");
        });
        Assert.All(Programs().Where(static program => program.Contains("Together", StringComparison.Ordinal)), program => Assert.DoesNotContain("CS8795", told[Path.GetFileName(program)]));

        // Nothing of what is told stands in a generated file.
        Assert.DoesNotContain(told, static file => file.Key.EndsWith(".g.cs", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Are_corrected_by_dotnet_format_only_where_nothing_else_can_be_meant()
    {
        var folder = package.NewFolder("formatted-programs");
        foreach (var program in Programs())
            File.Copy(program, Path.Combine(folder, Path.GetFileName(program)));

        // What is built is named by its files: dotnet format loads the projects that a project refers to, too, and asks for no configuration.
        string Built(string project, string framework) => $"{Repository.Root}/{project}/bin/{TestedBuild.Configuration}/{framework}/{Path.GetFileName(project)}.dll";
        await File.WriteAllTextAsync(Path.Combine(folder, "Formatted.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <AllowUnsafeBlocks>true</AllowUnsafeBlocks>
              </PropertyGroup>
              <ItemGroup>
                <Using Include="Memoize" />
                <Reference Include="{Built("src/Memoize", "net10.0")}" />
                <Analyzer Include="{Built("src.Generators/Memoize.Generators", "netstandard2.0")}" />
                <Analyzer Include="{Built("src.Generators/Memoize.CodeFixes", "netstandard2.0")}" />
              </ItemGroup>
            </Project>
            """);
        await DotnetCommand.MustRunAsync(folder, packageCache: null, "restore");
        string[] rules =
        [
            .. Repository.Read("src.Generators", "Memoize.Generators", "AnalyzerReleases.Unshipped.md").Split('\n')
                .Where(static line => line.StartsWith("MEMO", StringComparison.Ordinal))
                .Select(static line => line.Split(' ')[0]),
        ];

        await DotnetCommand.RunAsync(folder, packageCache: null, ["format", "analyzers", "--no-restore", "--severity", "info", "--diagnostics", .. rules]);

        var corrected = new Dictionary<string, (string Before, string After)>(StringComparer.Ordinal)
        {
            ["OneReading.cs"] = ("\"5 min\"", "\"5m\""),
            ["Ordinary.cs"] = ("static class", "static partial class"),
        };
        Assert.All(Programs(), program =>
        {
            var expected = File.ReadAllText(program);
            if (corrected.TryGetValue(Path.GetFileName(program), out var change))
                expected = expected.Replace(change.Before, change.After, StringComparison.Ordinal);
            Assert.Equal(expected, File.ReadAllText(Path.Combine(folder, Path.GetFileName(program))));
        });
    }

    private static string[] Programs() => Directory.GetFiles(Sources, "*.cs", SearchOption.AllDirectories);

    // One project, restored once and compiled several times.
    private static void Write(string folder)
    {
        File.WriteAllText(Path.Combine(folder, "Program.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Configuration>{TestedBuild.Configuration}</Configuration>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <AllowUnsafeBlocks>true</AllowUnsafeBlocks>
                <EnableDefaultCompileItems>false</EnableDefaultCompileItems>
                <IntermediateOutputPath Condition="'$(Program)' != ''">obj/$(Program)/</IntermediateOutputPath>
              </PropertyGroup>
              <ItemGroup>
                <Using Include="Memoize" />
                <Compile Include="$(Sources)" />
                <ProjectReference Include="{Repository.Root}/src/Memoize/Memoize.csproj" />
                <ProjectReference Include="{Repository.Root}/src.Generators/Memoize.Generators/Memoize.Generators.csproj" OutputItemType="Analyzer" ReferenceOutputAssembly="false" />
              </ItemGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(folder, "All.proj"), $"""
            <Project>
              <ItemGroup>
                <Alone Include="{Sources}/Alone/*.cs" />
              </ItemGroup>
              <Target Name="Build">
                <MSBuild Projects="Program.csproj" Targets="Restore" Properties="Configuration={TestedBuild.Configuration}" />
                <MSBuild Projects="Program.csproj" Targets="Build" ContinueOnError="true"
                         Properties="Configuration={TestedBuild.Configuration};BuildProjectReferences=false;Program=Together;Sources={Sources}/Together/*.cs" />
                <MSBuild Projects="Program.csproj" Targets="Build" ContinueOnError="true"
                         Properties="Configuration={TestedBuild.Configuration};BuildProjectReferences=false;Program=%(Alone.Filename);Sources=%(Alone.FullPath)" />
              </Target>
            </Project>
            """);
    }

    [GeneratedRegex(@"(?<file>[\w.]+\.cs)\(\d+,\d+\): error (?<id>\w+):", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Told();

    [GeneratedRegex(@"MEMO\d{3}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Rule();
}
