using System.Runtime.InteropServices;

namespace Weft.PlatformCheck;

/// <summary>Blocks the calling thread in a call of the system that neither Weft nor the runtime knows of.</summary>
internal static partial class NativeSleep
{
    internal static void For(int milliseconds)
    {
        if (OperatingSystem.IsWindows())
            WindowsSleep((uint)milliseconds);
        else
            _ = PosixSleep((uint)milliseconds * 1000);
    }

    [LibraryImport("kernel32.dll", EntryPoint = "Sleep")]
    private static partial void WindowsSleep(uint milliseconds);

    [LibraryImport("libc", EntryPoint = "usleep")]
    private static partial int PosixSleep(uint microseconds);
}
