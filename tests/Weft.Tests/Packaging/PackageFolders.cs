[assembly: AssemblyFixture(typeof(Weft.Tests.Packaging.PackageFolders))]

namespace Weft.Tests.Packaging;

/// <summary>The temporary folders of these tests, which go when the last test of the assembly has ended.</summary>
public sealed class PackageFolders : IDisposable
{
    private static readonly List<string> s_folders = [];

    internal static string New()
    {
        string folder = Directory.CreateTempSubdirectory("weft-packages-").FullName;
        lock (s_folders)
            s_folders.Add(folder);
        return folder;
    }

    public void Dispose()
    {
        lock (s_folders)
        {
            foreach (string folder in s_folders)
                Directory.Delete(folder, recursive: true);
            s_folders.Clear();
        }
    }
}
