using System.IO.Enumeration;

namespace Weft.Cli.Storm.Work;

/// <summary>
/// The regular files below a directory. Symbolic links are not followed; pipes, sockets and devices are left out, since to open one may
/// block for ever.
/// </summary>
internal static class FileList
{
    public static string[] Below(string directory)
    {
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            IgnoreInaccessible = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
        };
        var paths = new FileSystemEnumerable<string>(directory, static (ref entry) => entry.ToFullPath(), options)
        {
            ShouldIncludePredicate = static (ref entry) => !entry.IsDirectory,
        };
        return [.. paths.Where(static path => !OperatingSystem.IsLinux() || FileType.IsRegular(path))];
    }
}
