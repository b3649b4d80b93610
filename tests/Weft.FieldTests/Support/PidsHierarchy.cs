namespace Weft.FieldTests.Support;

/// <summary>
/// Where control groups with a limit on tasks can be made: in the hierarchy of version 2, in that of the controller "pids" of version 1, or
/// in one of version 1 that is mounted for the length of the tests.
/// </summary>
internal static class PidsHierarchy
{
    private const string Controller = "pids";

    private static readonly Lazy<(string? Root, string Reason)> s_found = new(FindOnce);

    /// <summary>The folder in which groups are made; null with the reason where there is none.</summary>
    internal static string? Find(out string reason)
    {
        reason = s_found.Value.Reason;
        return s_found.Value.Root;
    }

    private static (string? Root, string Reason) FindOnce()
    {
        foreach ((string folder, string type, string options) in Mounts())
        {
            if (type == "cgroup" && options.Split(',').Contains(Controller))
                return (folder, "");
            if (type == "cgroup2" && Words(Path.Combine(folder, "cgroup.controllers")).Contains(Controller))
                return OfVersion2(folder);
        }

        return Mount();
    }

    /// <summary>Groups of version 2 have a limit of their own once the group above them says so.</summary>
    private static (string? Root, string Reason) OfVersion2(string folder)
    {
        string control = Path.Combine(folder, "cgroup.subtree_control");
        if (Words(control).Contains(Controller))
            return (folder, "");
        try
        {
            File.WriteAllText(control, "+" + Controller);
            AppDomain.CurrentDomain.ProcessExit += (_, _) => File.WriteAllText(control, "-" + Controller);
            return (folder, "");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, $"The control groups below {folder} can have no limit on tasks: {e.Message}");
        }
    }

    private static (string? Root, string Reason) Mount()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("weft-field-");
        int error = FileSystem.MountControlGroups(folder.FullName, Controller);
        if (error != 0)
        {
            folder.Delete();
            return (null, $"No control groups with a limit on tasks are mounted, and mounting them gave error {error}.");
        }

        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            _ = FileSystem.Unmount(folder.FullName);
            _ = FileSystem.RemoveDirectory(folder.FullName);
        };
        return (folder.FullName, "");
    }

    /// <summary>"36 35 98:0 /root /folder options - type source options": what is optional ends at the dash.</summary>
    private static IEnumerable<(string Folder, string Type, string Options)> Mounts()
    {
        foreach (string line in File.ReadLines("/proc/self/mountinfo"))
        {
            string[] words = line.Split(' ');
            int dash = Array.IndexOf(words, "-");
            if (dash > 0 && dash + 3 < words.Length)
                yield return (words[4], words[dash + 1], words[dash + 3]);
        }
    }

    private static string[] Words(string file) =>
        File.Exists(file) ? File.ReadAllText(file).Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries) : [];
}
