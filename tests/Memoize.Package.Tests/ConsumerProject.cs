namespace Memoize.Package.Tests;

/// <summary>A console project as a user has it: one method of each form, warnings are errors, nothing else set up.</summary>
internal static class ConsumerProject
{
    /// <summary>What the program prints: every method runs once for three calls.</summary>
    public const string ExpectedOutput = """
        Hello, Ada!
        3
        42
        Hello, Ada!
        3
        42
        Hello, Ada!
        3
        42
        runs: 2, hits: 2 2 2
        """;

    /// <summary>Writes the project.</summary>
    /// <param name="folder">An empty folder.</param>
    /// <param name="references">What the project refers to, in XML.</param>
    public static void Write(string folder, string references)
    {
        foreach (var source in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Consumers")))
            File.Copy(source, Path.Combine(folder, Path.GetFileName(source)));

        File.WriteAllText(Path.Combine(folder, "Consumer.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <UseAppHost>false</UseAppHost>
                <EmitCompilerGeneratedFiles>true</EmitCompilerGeneratedFiles>
                <CompilerGeneratedFilesOutputPath>generated</CompilerGeneratedFilesOutputPath>
              </PropertyGroup>
              <ItemGroup>
                {references}
                <Compile Remove="generated/**" />
                <Compile Remove="WrongUsage.cs" Condition="'$(WithWrongUsage)' != 'true'" />
              </ItemGroup>
            </Project>
            """);
    }

    /// <summary>The names of the files that the generator wrote for the project.</summary>
    public static string[] GeneratedFiles(string folder) =>
    [
        .. Directory.GetFiles(Path.Combine(folder, "generated", "Memoize.Generators"), "*.cs", SearchOption.AllDirectories)
            .Select(static file => Path.GetFileName(file))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Runs the built program.</summary>
    public static async Task<string> RunAsync(string folder, string configuration)
    {
        var program = Path.Combine(folder, "bin", configuration, "net10.0", "Consumer.dll");
        return (await DotnetCommand.MustRunAsync(folder, packageCache: null, "exec", program)).ReplaceLineEndings("\n").Trim();
    }
}
