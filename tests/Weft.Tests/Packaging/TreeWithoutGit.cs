namespace Weft.Tests.Packaging;

/// <summary>The library built from an unpacked archive of the sources, as a distribution of Linux would do it.</summary>
internal static class TreeWithoutGit
{
    private static readonly Lazy<Task<string>> s_output = new(MakeAsync);

    /// <summary>Builds it once, with warnings as errors, and says where it is; skips the test that asks where it cannot be built.</summary>
    public static Task<string> BuildAsync()
    {
        Packed.SkipWhereNothingIsPacked();
        return s_output.Value;
    }

    private static async Task<string> MakeAsync()
    {
        var tree = SourceTree.Copy(Path.Combine(PackageFolders.New(), "tree"));
        await tree.DotnetAsync("build", "-c", "Release", "-warnaserror", Path.Combine("src", "Weft"));
        return Path.Combine(tree.Path, "src", "Weft", "bin", "Release", "net10.0");
    }
}
