using System.Runtime.CompilerServices;

namespace Weft.Tests.Docs;

/// <summary>The source tree that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Here(), "..", "..", ".."));

    /// <summary>
    /// README.md, CHANGELOG.md and what lies under docs/, relative to the root; none when the tests run away from their source.
    /// </summary>
    public static string[] Documents { get; } = !File.Exists(Path.Combine(Root, "Weft.slnx")) ? [] :
    [
        .. Directory.EnumerateFiles(Root, "*.md")
            .Concat(Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Root, file)).Order(StringComparer.Ordinal),
    ];

    public static string[] Lines(string document) => File.ReadAllLines(Path.Combine(Root, document));

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
