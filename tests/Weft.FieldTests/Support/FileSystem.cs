using System.Runtime.InteropServices;

namespace Weft.FieldTests.Support;

/// <summary>The calls that .NET has no method for. They give 0, or the system's error number.</summary>
internal static partial class FileSystem
{
    private const nuint MS_NOSUID = 2;
    private const nuint MS_NODEV = 4;
    private const nuint MS_NOEXEC = 8;
    private const int MNT_DETACH = 2;

    /// <summary>Mounts a hierarchy of control groups (version 1).</summary>
    internal static int MountControlGroups(string folder, string controller) =>
        ErrorOf(MountCore(controller, folder, "cgroup", MS_NOSUID | MS_NODEV | MS_NOEXEC, controller));

    internal static int Unmount(string folder) => ErrorOf(UnmountCore(folder, MNT_DETACH));

    /// <summary>
    /// rmdir: a control group has files, so that <see cref="Directory.Delete(string)"/>, which looks before it asks, is of no use.
    /// </summary>
    internal static int RemoveDirectory(string folder) => ErrorOf(RemoveDirectoryCore(folder));

    private static int ErrorOf(int result) => result == 0 ? 0 : Marshal.GetLastPInvokeError();

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MountCore(string source, string target, string type, nuint flags, string data);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnmountCore(string target, int flags);

    [LibraryImport("libc", EntryPoint = "rmdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RemoveDirectoryCore(string path);
}
