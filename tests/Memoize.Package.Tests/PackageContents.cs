using System.IO.Compression;
using System.Xml.Linq;

namespace Memoize.Package.Tests;

/// <summary>What users get when they install the package, entry by entry.</summary>
[Collection(UsesPackedPackage.Name)]
public sealed class PackageContents(PackedPackage package)
{
    [Fact]
    public void G16_The_package_holds_runtime_documentation_compiler_plug_ins_and_readme_and_nothing_else() => Assert.Equal(
        [
            "Memoize.nuspec",
            "README.md",
            "analyzers/dotnet/cs/Memoize.CodeFixes.dll",
            "analyzers/dotnet/cs/Memoize.Generators.dll",
            "build/Memoize.targets",
            "lib/net10.0/Memoize.dll",
            "lib/net10.0/Memoize.xml",
        ],
        Entries(package.File));

    [Fact]
    public void The_symbols_are_packed_beside_it() => Assert.Equal(
        ["Memoize.nuspec", "lib/net10.0/Memoize.pdb"],
        Entries(package.SymbolsFile));

    [Fact]
    public void The_package_depends_on_abstractions_and_options_only() => Assert.Equal(
        [
            "Microsoft.Extensions.DependencyInjection.Abstractions",
            "Microsoft.Extensions.Hosting.Abstractions",
            "Microsoft.Extensions.Logging.Abstractions",
            "Microsoft.Extensions.Options",
        ],
        Metadata().Descendants().Where(Named("dependency")).Select(static dependency => dependency.Attribute("id")!.Value),
        StringComparer.Ordinal);

    [Fact]
    public void The_package_says_what_it_is_under_which_licence_and_where_it_comes_from()
    {
        var metadata = Metadata();

        Assert.Equal("Memoize", Value("id"));
        Assert.Equal("README.md", Value("readme"));
        Assert.Equal("MIT", Value("license"));
        Assert.Equal("expression", Element("license").Attribute("type")!.Value);
        Assert.NotEmpty(Value("description"));
        Assert.NotEmpty(Value("tags"));
        Assert.StartsWith("https://", Value("projectUrl"), StringComparison.Ordinal);
        Assert.Equal("git", Element("repository").Attribute("type")!.Value);
        Assert.StartsWith("https://", Element("repository").Attribute("url")!.Value, StringComparison.Ordinal);

        XElement Element(string name) => metadata.Elements().Single(Named(name));
        string Value(string name) => Element(name).Value;
    }

    [Fact]
    public async Task The_same_build_packs_to_the_same_bytes()
    {
        var again = package.NewFolder("again");
        await PackedPackage.PackAsync(again);

        Assert.Equal(
            await File.ReadAllBytesAsync(package.File),
            await File.ReadAllBytesAsync(Path.Combine(again, Path.GetFileName(package.File))));
    }

    // The three parts of the container format are the same in every package.
    private static string[] Entries(string file)
    {
        using var archive = ZipFile.OpenRead(file);
        return
        [
            .. archive.Entries
                .Select(static entry => entry.FullName)
                .Where(static name => name != "[Content_Types].xml"
                    && !name.StartsWith("_rels/", StringComparison.Ordinal)
                    && !name.StartsWith("package/services/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ];
    }

    private XElement Metadata()
    {
        using var archive = ZipFile.OpenRead(package.File);
        using var stream = archive.GetEntry("Memoize.nuspec")!.Open();
        return XDocument.Load(stream).Root!.Elements().Single(Named("metadata"));
    }

    private static Func<XElement, bool> Named(string name) => element => element.Name.LocalName == name;
}
