using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.Json;
using Weft.Tests.Support;

namespace Weft.Tests.Packaging;

/// <summary>The symbol packages belong to what ships, and lead a debugger to the sources.</summary>
[HangLimit(400)]
[ReleaseIsEnough]
public sealed class SymbolsTests
{
    // Both from "Portable PDB format", custom debug information.
    private static readonly Guid s_sourceLink = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");
    private static readonly Guid s_embeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");

    [Theory]
    [InlineData("Weft", "lib/net10.0/Weft")]
    [InlineData("Weft.Cli", "tools/net10.0/any/Weft.Cli")]
    public async Task Symbols_OfAPackage_AreThoseOfItsAssemblyAndLinkToItsCommit(string name, string file)
    {
        Packed packed = await Packed.GetAsync();
        (Package package, Package symbols) = name == "Weft" ? (packed.Library, packed.LibrarySymbols) : (packed.Tool, packed.ToolSymbols);
        using MetadataReaderProvider provider = Open(symbols[file + ".pdb"]);
        MetadataReader reader = provider.GetMetadataReader();

        using var assembly = new PEReader(ImmutableArray.Create(package[file + ".dll"]));
        DebugDirectoryEntry entry = assembly.ReadDebugDirectory().Single(one => one.Type == DebugDirectoryEntryType.CodeView);
        Assert.Equal(assembly.ReadCodeViewDebugDirectoryData(entry).Guid, new BlobContentId(reader.DebugMetadataHeader!.Id).Guid);

        using var links = JsonDocument.Parse(Assert.Single(Information(reader, s_sourceLink)));
        JsonProperty link = Assert.Single(links.RootElement.GetProperty("documents").EnumerateObject());
        Assert.Equal(("/_/*", $"https://raw.githubusercontent.com/example/weft/{packed.Commit}/*"), (link.Name, link.Value.GetString()));

        Assert.All(
            reader.Documents.Select(handle => reader.GetString(reader.GetDocument(handle).Name)),
            document => Assert.StartsWith("/_", document, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Symbols_OfATreeWithoutGit_HaveTheSourcesInside()
    {
        using MetadataReaderProvider provider =
            Open(await File.ReadAllBytesAsync(Path.Combine(await TreeWithoutGit.BuildAsync(), "Weft.pdb")));
        MetadataReader reader = provider.GetMetadataReader();
        Assert.Empty(Information(reader, s_sourceLink));
        Assert.Equal(reader.Documents.Count, Information(reader, s_embeddedSource).Count());
    }

    private static MetadataReaderProvider Open(byte[] symbols) =>
        MetadataReaderProvider.FromPortablePdbImage(ImmutableArray.Create(symbols));

    private static IEnumerable<byte[]> Information(MetadataReader reader, Guid kind) =>
        from handle in reader.CustomDebugInformation
        let information = reader.GetCustomDebugInformation(handle)
        where reader.GetGuid(information.Kind) == kind
        select reader.GetBlobBytes(information.Value);
}
