using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Weft.Tests.Support;

/// <summary>The system calls that tests make by themselves.</summary>
internal static partial class Native
{
    public const int EAGAIN = 11;
    public const int ENOMEM = 12;
    public const int CLONE_FS = 0x200;

    [LibraryImport("libc", EntryPoint = "gettid")]
    public static partial int GetThreadId();

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static unsafe partial nint Read(SafeFileHandle file, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static unsafe partial nint Write(SafeFileHandle file, byte* buffer, nuint count);

    /// <summary>Sleeps without a managed wait.</summary>
    [LibraryImport("libc", EntryPoint = "usleep")]
    public static partial int SleepMicroseconds(uint microseconds);

    /// <summary>
    /// Sets the process's group ids to what they are. The kernel keeps them for each thread, so the C library interrupts every thread to
    /// have it make the same call, and waits for all.
    /// </summary>
    public static void SetGroupIdsOnEveryThread() => Check(SetGroupIdsCore(-1, -1, -1));

    /// <summary>Whether this kernel can name memory that no file backs: it refuses an empty piece of it otherwise.</summary>
    public static bool CanNameMappings() => ControlProcess(PR_SET_VMA, PR_SET_VMA_ANON_NAME, 0, 0, 0) == 0;

    /// <summary>
    /// Whether advice about memory gets to the kernel, which knows no such advice as this: qemu-user takes any, and forgets it.
    /// </summary>
    public static bool CanAdvise() => Advise(0, 0, int.MaxValue) != 0;

    /// <summary>The two ends of a new pipe.</summary>
    public static unsafe (SafeFileHandle Reader, SafeFileHandle Writer) Pipe()
    {
        int* ends = stackalloc int[2];
        Check(PipeCore(ends, O_CLOEXEC));
        return (new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true));
    }

    /// <summary>Takes parts of the calling thread's state out of what it shares with the others.</summary>
    public static void Unshare(int flags) => Check(UnshareCore(flags));

    /// <summary>Changes the working directory of the calling thread and of those it shares that with.</summary>
    public static void ChangeDirectory(string path) => Check(ChangeDirectoryCore(path));

    /// <summary>The working directory of a thread of this process.</summary>
    public static string WorkingDirectory(int threadId) =>
        new FileInfo($"/proc/self/task/{threadId}/cwd").LinkTarget ?? throw new IOException($"no cwd of {threadId}");

    private const int O_CLOEXEC = 0x80000;
    private const int PR_SET_VMA = 0x53564d41;
    private const int PR_SET_VMA_ANON_NAME = 0;

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int ControlProcess(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static unsafe partial int PipeCore(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "setresgid", SetLastError = true)]
    private static partial int SetGroupIdsCore(int real, int effective, int saved);

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
