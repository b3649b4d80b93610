using System.Runtime.InteropServices;

namespace Weft.Cli.Storm.Work;

/// <summary>
/// Tells regular files from what else a directory may hold. .NET does not say, so this asks Linux, whose statx is the same on every
/// architecture.
/// </summary>
internal static unsafe partial class FileType
{
    private const int CurrentDirectory = -100;
    private const int DoNotFollowLinks = 0x100;
    private const uint AskForType = 1;

    /// <summary>sizeof(struct statx), and where in it stx_mode is.</summary>
    private const int Size = 256;
    private const int ModeOffset = 28;

    private const int TypeMask = 0xF000;
    private const int Regular = 0x8000;

    public static bool IsRegular(string path)
    {
        byte* status = stackalloc byte[Size];
        return Statx(CurrentDirectory, path, DoNotFollowLinks, AskForType, status) == 0
            && (*(ushort*)(status + ModeOffset) & TypeMask) == Regular;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, byte* status);
}
