using System.Diagnostics;
using Weft.Tests.Support;

namespace Weft.Tests.Packaging;

/// <summary>The version is that of the tag; what comes after it, or without one, cannot be taken for a release.</summary>
[HangLimit(400)]
[ReleaseIsEnough]
public sealed class VersionTests
{
    [Fact]
    public async Task Version_OfATreeWithoutGit_IsNoRelease()
    {
        var version = FileVersionInfo.GetVersionInfo(Path.Combine(await TreeWithoutGit.BuildAsync(), "Weft.dll"));
        Assert.Equal("0.0.0-untagged", version.ProductVersion);
    }

    [Fact]
    public async Task Pack_OfAReleaseWhoseRemoteIsAFolder_IsRefused()
    {
        SourceTree tree = await PrivateCloneAsync();
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => tree.PackAsync("Weft", "--no-build"));
        Assert.Contains("-p:WeftRepositoryUrl=https://", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pack_OfALaterCommit_IsAPreReleaseOfTheNextVersionAndNamesNoPrivateRemote()
    {
        SourceTree tree = await PrivateCloneAsync();
        await tree.GitAsync("commit", "-q", "--allow-empty", "-m", "Later");
        await tree.PackAsync("Weft", "--no-build");
        var later = Package.Open(Path.Combine(tree.Path, "packages"), "Weft", "1.2.4-alpha.0.1");
        Assert.Equal("https://weft.example/", later.Field("projectUrl"));
        Assert.Equal("https://weft.example/CHANGELOG.md", later.Field("releaseNotes"));
        Assert.DoesNotContain(tree.Path, later.Nuspec.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pack_WithAnAddress_NamesIt()
    {
        SourceTree tree = await PrivateCloneAsync();
        await tree.PackAsync("Weft", "--no-build", "-p:WeftRepositoryUrl=https://code.example/weft.git");
        var release = Package.Open(Path.Combine(tree.Path, "packages"), "Weft", Packed.Version);
        Assert.Equal("https://code.example/weft", release.Field("projectUrl"));
        Assert.StartsWith("https://code.example/weft/blob/", release.Field("releaseNotes"), StringComparison.Ordinal);
    }

    // With what the second folder has built: the remote is no part of what is compiled but in the symbols.
    private static async Task<SourceTree> PrivateCloneAsync()
    {
        Packed packed = await Packed.GetAsync();
        string folder = Path.Combine(PackageFolders.New(), "clone");
        await packed.Second.GitAsync("clone", "-q", packed.First.Path, folder);
        var tree = new SourceTree(folder);
        await tree.DotnetAsync("restore", Path.Combine("src", "Weft"));
        string output = Path.Combine("src", "Weft", "bin");
        CopyFolder(Path.Combine(packed.Second.Path, output), Path.Combine(folder, output));
        return tree;
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
