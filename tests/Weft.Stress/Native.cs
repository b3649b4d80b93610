using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Weft.Stress;

/// <summary>The system calls that the program makes by itself. Linux.</summary>
internal static unsafe partial class Native
{
    public const int CLONE_FS = 0x200;
    public const int EAGAIN = 11;
    public const int ENOMEM = 12;
    public const int SIGINT = 2;
    public const int SIGTERM = 15;
    private const int O_CLOEXEC = 0x80000;

    [LibraryImport("libc", EntryPoint = "gettid")]
    public static partial int GetThreadId();

    /// <summary>Sleeps without a managed wait.</summary>
    [LibraryImport("libc", EntryPoint = "usleep")]
    public static partial int SleepMicroseconds(uint microseconds);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(SafeFileHandle file, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(SafeFileHandle file, byte* buffer, nuint count);

    /// <summary>The two ends of a new pipe.</summary>
    public static (SafeFileHandle Reader, SafeFileHandle Writer) Pipe()
    {
        int* ends = stackalloc int[2];
        Check(PipeCore(ends, O_CLOEXEC));
        return (new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true));
    }

    /// <summary>Takes parts of the calling thread's state out of what it shares with the others.</summary>
    public static void Unshare(int flags) => Check(UnshareCore(flags));

    /// <summary>Changes the working directory of the calling thread and of those it shares that with.</summary>
    public static void ChangeDirectory(string path) => Check(ChangeDirectoryCore(path));

    /// <summary>The working directory of the calling thread.</summary>
    public static string WorkingDirectory()
    {
        const int Size = 4096;
        byte* path = stackalloc byte[Size];
        Check((int)Syscall(SYS_getcwd, (nint)path, Size) > 0 ? 0 : -1);
        return Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(path));
    }

    /// <summary>Sends a signal to the calling thread.</summary>
    public static void SignalThread(int signal) => Check(Raise(signal));

    /// <summary>Sends a signal to this process.</summary>
    public static void SignalSelf(int signal) => Check(Kill(Environment.ProcessId, signal));

    /// <summary>
    /// Bytes that are allocated from the C library: the runtime's own record of a thread, some kilobytes, is among them. 0 on musl.
    /// </summary>
    public static long AllocatedBytes()
    {
        try
        {
            return (long)MallInfo().UsedBytes;
        }
        catch (EntryPointNotFoundException)
        {
            return 0;
        }
    }

    /// <summary>glibc's struct mallinfo2.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct MallocFigures
    {
        public nuint ArenaBytes, FreeChunks, FastFreeChunks, MappedRegions, MappedBytes, Unused;
        public nuint FastFreeBytes, UsedBytes, FreeBytes, TopBytes;
    }

    private static readonly nint SYS_getcwd = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 79 : 17;

    [LibraryImport("libc", EntryPoint = "mallinfo2")]
    private static partial MallocFigures MallInfo();

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Syscall(nint number, nint a, nint b);

    [LibraryImport("libc", EntryPoint = "raise", SetLastError = true)]
    private static partial int Raise(int signal);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static partial int PipeCore(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int UnshareCore(int flags);

    [LibraryImport("libc", EntryPoint = "chdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeDirectoryCore(string path);

    private static void Check(int result)
    {
        if (result != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }
}
