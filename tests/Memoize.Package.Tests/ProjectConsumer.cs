using Memoize.Testing;

namespace Memoize.Package.Tests;

/// <summary>A project elsewhere that refers to the runtime's project, and to the generator's as an analyzer.</summary>
[Collection(UsesPackedPackage.Name)]
public sealed class ProjectConsumer(PackedPackage package)
{
    [Fact]
    public async Task Builds_with_two_project_references_and_no_other_set_up()
    {
        var folder = package.NewFolder("project-consumer");
        ConsumerProject.Write(folder, $"""
            <ProjectReference Include="{Repository.Root}/src/Memoize/Memoize.csproj" />
                <ProjectReference Include="{Repository.Root}/src.Generators/Memoize.Generators/Memoize.Generators.csproj" OutputItemType="Analyzer" ReferenceOutputAssembly="false" />
            """);

        // The two projects are built already, and other tests are using them.
        await DotnetCommand.MustRunAsync(
            folder, packageCache: null, "build", "-c", TestedBuild.Configuration, "-p:BuildProjectReferences=false");

        Assert.Equal(
            ["Greeter.CountLetters.g.cs", "Greeter.GreetAsync.g.cs", "Numbers.Twice.g.cs"],
            ConsumerProject.GeneratedFiles(folder));
        Assert.Equal(ConsumerProject.ExpectedOutput, await ConsumerProject.RunAsync(folder, TestedBuild.Configuration));
    }
}
