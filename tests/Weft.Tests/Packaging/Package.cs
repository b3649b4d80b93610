using System.IO.Compression;
using System.Xml.Linq;

namespace Weft.Tests.Packaging;

/// <summary>A package file, read whole.</summary>
internal sealed class Package
{
    private readonly Dictionary<string, byte[]> _files = [];

    private Package(string path)
    {
        using ZipArchive archive = ZipFile.OpenRead(path);
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            using Stream from = entry.Open();
            using var to = new MemoryStream();
            from.CopyTo(to);
            _files[entry.FullName] = to.ToArray();
        }

        string nuspec = Assert.Single(_files.Keys, name => name.EndsWith(".nuspec", StringComparison.Ordinal));
        Nuspec = XDocument.Load(new MemoryStream(_files[nuspec])).Root!.Elements().Single(element => element.Name.LocalName == "metadata");
    }

    /// <summary>The element that holds the fields.</summary>
    public XElement Nuspec { get; }

    /// <summary>What the package adds to a project or a tool, without the package format's own files.</summary>
    public IEnumerable<string> Files => _files.Keys.Where(name =>
        !name.EndsWith(".nuspec", StringComparison.Ordinal) && name is not ("_rels/.rels" or "[Content_Types].xml")
            && !name.StartsWith("package/", StringComparison.Ordinal));

    public byte[] this[string file] => _files.TryGetValue(file, out byte[]? bytes)
        ? bytes
        : throw new FileNotFoundException($"The package has no {file}, but {string.Join(", ", _files.Keys)}.");

    /// <summary>The package of one name and version in a folder.</summary>
    public static Package Open(string folder, string name, string version, string extension = "nupkg") =>
        new(Path.Combine(folder, $"{name}.{version}.{extension}"));

    /// <summary>The text of a field; none if the package says nothing.</summary>
    public string? Field(string name) => Nuspec.Elements().SingleOrDefault(element => element.Name.LocalName == name)?.Value;
}
