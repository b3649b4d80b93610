using Weft.Tests.Docs;

namespace Weft.Tests.Packaging;

/// <summary>
/// Packages as a release would make them: of a clone at a version tag whose remote is public. They are made once, in two folders; a third
/// has the same sources and no git.
/// </summary>
internal sealed class Packed
{
    public const string Version = "1.2.3";
    public const string Address = "https://github.com/example/weft";

    private static readonly Lazy<Task<Packed>> s_packed = new(MakeAsync);

    private Packed(SourceTree first, SourceTree second, string commit) => (First, Second, Commit) = (first, second, commit);

    public SourceTree First { get; }

    /// <summary>A clone of the first in a folder with a longer name.</summary>
    public SourceTree Second { get; }

    public string Commit { get; }

    public Package Library => Open(First, "Weft");

    public Package LibrarySymbols => Open(First, "Weft", "snupkg");

    public Package Hosting => Open(First, "Weft.Hosting");

    public Package AspNetCore => Open(First, "Weft.AspNetCore");

    public Package Tool => Open(First, "Weft.Cli");

    public Package ToolSymbols => Open(First, "Weft.Cli", "snupkg");

    public Package SecondLibrary => Open(Second, "Weft");

    /// <summary>Waits for the packages; skips the test that asks where none can be made.</summary>
    public static Task<Packed> GetAsync()
    {
        SkipWhereNothingIsPacked();
        return s_packed.Value;
    }

    public static void SkipWhereNothingIsPacked()
    {
#if DEBUG
        Assert.Skip("Packages are made of the Release build, and tested with it.");
#endif
        Assert.SkipWhen(Repository.Documents.Length == 0, "The tests run on a machine without their source.");
        Assert.SkipUnless(OperatingSystem.IsLinux() && Has("git") && Has("dotnet"), "There is no git or no SDK on the path.");
    }

    private static Package Open(SourceTree tree, string name, string extension = "nupkg") =>
        Package.Open(Path.Combine(tree.Path, "packages"), name, Version, extension);

    private static async Task<Packed> MakeAsync()
    {
        string folder = PackageFolders.New();
        var first = SourceTree.Copy(Path.Combine(folder, "a"));
        await first.GitAsync("init", "-q", "-b", "main");
        await first.GitAsync("add", ".");
        await first.GitAsync("commit", "-q", "-m", "All");
        await first.GitAsync("tag", "v" + Version);
        // As a developer's clone has it.
        await first.GitAsync("remote", "add", "origin", "git@github.com:example/weft.git");
        string commit = (await first.GitAsync("rev-parse", "HEAD")).Trim();
        await first.PackAsync("Weft.Cli");
        await first.PackAsync("Weft", "--no-build");
        await first.PackAsync("Weft.AspNetCore");
        await first.PackAsync("Weft.Hosting", "--no-build");

        string other = Path.Combine(folder, "another", "folder");
        await first.GitAsync("clone", "-q", first.Path, other);
        var second = new SourceTree(other);
        await second.GitAsync("remote", "set-url", "origin", Address + ".git");
        await second.PackAsync("Weft");
        return new Packed(first, second, commit);
    }

    private static bool Has(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program)));
}
