using System.Runtime.InteropServices;

namespace Weft.Cli;

/// <summary>The few calls of the C library that the command needs; not there on Windows.</summary>
internal static unsafe partial class LibC
{
    public const int InterruptedError = 4;

    /// <summary>Linux's O_CLOEXEC on every architecture that .NET runs on.</summary>
    public const int CloseOnExec = 0x80000;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    public static partial int Open(byte* path, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);
}
