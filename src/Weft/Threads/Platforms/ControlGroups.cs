using System.Globalization;
using System.Text;

namespace Weft.Threads.Platforms;

/// <summary>
/// The control groups whose limits hold for the process: its own and all above it that can be seen, of the hierarchy that has a controller,
/// which may be the second version's or one of the first version's.
/// </summary>
internal static class ControlGroups
{
    /// <summary>
    /// The folders of the groups that may limit the process by a controller, such as <c>pids</c>, from its own upwards.
    /// </summary>
    internal static IReadOnlyList<string> With(SystemFiles files, string controller)
    {
        List<string> folders = [];
        foreach (string line in files.Lines("/proc/self/cgroup"))
        {
            // HIERARCHY:CONTROLLERS:PATH; the second version has no controllers there.
            string[] parts = line.Split(':', 3);
            if (parts.Length < 3)
                continue;
            bool isSecond = parts[0] == "0" && parts[1].Length == 0;
            if (isSecond || parts[1].Split(',').Contains(controller))
                AddFolders(files, controller, parts[2], isSecond, folders);
        }

        return folders;
    }

    private static void AddFolders(SystemFiles files, string controller, string group, bool isSecond, List<string> folders)
    {
        if (Mount(files, controller, group, isSecond) is not (string mountPoint, string below))
            return;
        for (string folder = below; ; folder = folder[..folder.LastIndexOf('/')])
        {
            folders.Add(mountPoint + folder);
            if (folder.Length == 0)
                return;
        }
    }

    /// <summary>
    /// Where the hierarchy is mounted, and the group's path below: empty if the mount shows nothing above the group, or nothing of it. (A
    /// container may see only its own group, as the top, under whatever name the outside has for it.)
    /// </summary>
    private static (string MountPoint, string Below)? Mount(SystemFiles files, string controller, string group, bool isSecond)
    {
        (string, string)? other = null;
        foreach (string line in files.Lines("/proc/self/mountinfo"))
        {
            // ID PARENT DEVICE ROOT POINT OPTIONS [OPTIONAL...] - TYPE SOURCE OPTIONS
            string[] halves = line.Split(" - ", 2);
            string[] place = halves[0].Split(' ');
            string[] kind = halves[^1].Split(' ');
            if (halves.Length < 2 || place.Length < 5 || kind.Length < 3)
                continue;
            bool isIt = isSecond ? kind[0] == "cgroup2" : kind[0] == "cgroup" && kind[2].Split(',').Contains(controller);
            if (!isIt)
                continue;
            string root = Unescape(place[3]);
            string point = Unescape(place[4]).TrimEnd('/');
            string top = root.TrimEnd('/');
            if (group == root || group.StartsWith(top + "/", StringComparison.Ordinal))
            {
                string below = group[top.Length..].TrimEnd('/');
                return (point, below.Contains("/..", StringComparison.Ordinal) ? "" : below);
            }

            other ??= (point, "");
        }

        return other;
    }

    /// <summary>Blanks and the like are written as a backslash and three octal digits.</summary>
    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
            return text;
        var plain = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length
                && int.TryParse(text.AsSpan(i + 1, 3), NumberStyles.None, CultureInfo.InvariantCulture, out int octal))
            {
                plain.Append((char)((octal / 100 * 64) + (octal / 10 % 10 * 8) + (octal % 10)));
                i += 3;
            }
            else
            {
                plain.Append(text[i]);
            }
        }

        return plain.ToString();
    }
}
