using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Weft.Tests.Docs;
using Weft.Tests.Support;

namespace Weft.Tests.Packaging;

/// <summary>What a user gets: the packages, packed as for a release and looked into.</summary>
[HangLimit(400)]
[ReleaseIsEnough]
public sealed class PackageTests
{
    [Fact]
    public async Task Nuspec_OfTheLibrary_HasItsFieldsAndNoDependency()
    {
        Packed packed = await Packed.GetAsync();
        Package library = packed.Library;
        AssertCommonFields(library, "Weft", packed.Commit);
        Assert.Equal(
            ["README.md", "icon.png", "lib/net10.0/Weft.dll", "lib/net10.0/Weft.xml"], library.Files.Order(StringComparer.Ordinal));
        XElement dependencies = library.Nuspec.Elements().Single(element => element.Name.LocalName == "dependencies");
        Assert.Equal(["net10.0"], dependencies.Elements().Select(group => (string?)group.Attribute("targetFramework")));
        Assert.DoesNotContain(dependencies.Descendants(), element => element.Name.LocalName == "dependency");
    }

    [Fact]
    public async Task Nuspec_OfTheHostsPackages_HaveTheirFieldsAndWhatTheyNeed()
    {
        Packed packed = await Packed.GetAsync();
        AssertCommonFields(packed.Hosting, "Weft.Hosting", packed.Commit);
        AssertCommonFields(packed.AspNetCore, "Weft.AspNetCore", packed.Commit);
        Assert.Equal(
            ["Microsoft.Extensions.Diagnostics.HealthChecks", "Microsoft.Extensions.Hosting.Abstractions", $"Weft {Packed.Version}"],
            Dependencies(packed.Hosting));
        Assert.Equal([$"Weft.Hosting {Packed.Version}"], Dependencies(packed.AspNetCore));
        Assert.Contains(
            packed.AspNetCore.Nuspec.Descendants(),
            static element => element.Name.LocalName == "frameworkReference"
                && (string?)element.Attribute("name") == "Microsoft.AspNetCore.App");

        // Those of .NET without their versions, which are the lowest that will do.
        static IEnumerable<string> Dependencies(Package package) => package.Nuspec.Descendants()
            .Where(static element => element.Name.LocalName == "dependency")
            .Select(static element => ((string)element.Attribute("id")!, (string?)element.Attribute("version")))
            .Select(static it => it.Item1.StartsWith("Weft", StringComparison.Ordinal) ? $"{it.Item1} {it.Item2}" : it.Item1)
            .Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task Nuspec_OfTheTool_HasItsFieldsAndTheCommand()
    {
        Packed packed = await Packed.GetAsync();
        Package tool = packed.Tool;
        AssertCommonFields(tool, "Weft.Cli", packed.Commit);
        Assert.Contains(tool.Nuspec.Descendants(),
            element => element.Name.LocalName == "packageType" && (string?)element.Attribute("name") == "DotnetTool");
        Assert.Contains(
            "Name=\"weft\"", Encoding.UTF8.GetString(tool["tools/net10.0/any/DotnetToolSettings.xml"]), StringComparison.Ordinal);
        using var options = JsonDocument.Parse(tool["tools/net10.0/any/Weft.Cli.runtimeconfig.json"]);
        Assert.Equal("Major", options.RootElement.GetProperty("runtimeOptions").GetProperty("rollForward").GetString());
        Assert.Equal(packed.Library["lib/net10.0/Weft.dll"], tool["tools/net10.0/any/Weft.dll"]);
        Assert.DoesNotContain("tools/net10.0/any/Weft.xml", tool.Files);
    }

    [Fact]
    public async Task Files_OfThePackages_NameNoFolderOfTheBuilder()
    {
        Packed packed = await Packed.GetAsync();
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string[] folders = [packed.First.Path, Repository.Root, .. home.Length > 1 ? [home + "/"] : Array.Empty<string>()];
        Package[] packages =
            [packed.Library, packed.LibrarySymbols, packed.Hosting, packed.AspNetCore, packed.Tool, packed.ToolSymbols];
        foreach (Package package in packages)
        {
            // What others compiled names their folders, not ours.
            foreach (string file in package.Files.Where(name => Path.GetFileName(name).StartsWith("Weft", StringComparison.Ordinal)))
            {
                foreach (string folder in folders)
                    Assert.False(Contains(package[file], folder), $"{file} contains {folder}.");
            }
        }

        static bool Contains(ReadOnlySpan<byte> bytes, string text) =>
            bytes.IndexOf(Encoding.UTF8.GetBytes(text)) >= 0 || bytes.IndexOf(Encoding.Unicode.GetBytes(text)) >= 0;
    }

    [Fact]
    public async Task Library_BuiltInTwoFolders_HasTheSameBytes()
    {
        Packed packed = await Packed.GetAsync();
        foreach (string file in packed.Library.Files)
            Assert.True(packed.Library[file].AsSpan().SequenceEqual(packed.SecondLibrary[file]), $"{file} differs.");
    }

    private static void AssertCommonFields(Package package, string id, string commit)
    {
        Assert.Equal(id, package.Field("id"));
        Assert.Equal(Packed.Version, package.Field("version"));
        Assert.Equal("MIT", package.Field("license"));
        Assert.Equal(Packed.Address, package.Field("projectUrl"));
        Assert.Equal($"{Packed.Address}/blob/{commit}/CHANGELOG.md", package.Field("releaseNotes"));
        foreach (string field in new[] { "authors", "description", "copyright", "tags" })
            Assert.False(string.IsNullOrWhiteSpace(package.Field(field)), field);

        XElement repository = package.Nuspec.Elements().Single(element => element.Name.LocalName == "repository");
        Assert.Equal(("git", Packed.Address + ".git", commit),
            ((string?)repository.Attribute("type"), (string?)repository.Attribute("url"), (string?)repository.Attribute("commit")));

        Assert.Equal(File.ReadAllBytes(Path.Combine(Repository.Root, "README.md")), package[package.Field("readme")!]);
        byte[] icon = package[package.Field("icon")!];
        Assert.InRange(icon.Length, 1, 20_000);
        Assert.True(icon.AsSpan(1, 3).SequenceEqual("PNG"u8));
        Assert.Equal(128, BinaryPrimitives.ReadInt32BigEndian(icon.AsSpan(16)));
    }
}
