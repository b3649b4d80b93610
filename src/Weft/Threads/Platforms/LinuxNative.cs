using System.Runtime.InteropServices;

namespace Weft.Threads.Platforms;

/// <summary>
/// The C library of Linux, glibc or musl. Blittable arguments only. A garbage collection waits for a call marked
/// <see cref="SuppressGCTransitionAttribute"/>, so only calls that touch nothing but the caller's memory carry it.
/// </summary>
internal static unsafe partial class LinuxNative
{
    internal const int EAGAIN = 11;
    internal const int ENOMEM = 12;
    internal const int EINVAL = 22;

    internal const int PROT_NONE = 0;
    internal const int PROT_READ = 1;
    internal const int PROT_WRITE = 2;
    internal const int PROT_EXEC = 4;
    internal const int MAP_PRIVATE = 0x02;
    internal const int MAP_ANONYMOUS = 0x20;
    internal const int MAP_NORESERVE = 0x4000;
    internal const int MAP_STACK = 0x20000;
    internal const int MADV_DONTNEED = 4;
    internal const int MADV_NOHUGEPAGE = 15;
    internal const int PR_SET_NAME = 15;
    internal const int PR_SET_TIMERSLACK = 29;
    internal const int PR_GET_TIMERSLACK = 30;
    internal const int PR_SET_VMA = 0x53564d41;
    internal const int PR_SET_VMA_ANON_NAME = 0;
    internal const int FUTEX_WAIT_PRIVATE = 0 | 128;
    internal const int FUTEX_WAKE_PRIVATE = 1 | 128;
    internal const int O_RDONLY = 0;
    internal const int O_CLOEXEC = 0x80000;
    internal const int _SC_PAGESIZE = 30;

    // The numbers of all architectures whose system calls are known below.
    internal const int RLIMIT_DATA = 2;
    internal const int RLIMIT_AS = 9;
    internal const ulong RLIM_INFINITY = ulong.MaxValue;

    /// <summary>Bytes of a pthread_attr_t: 56 on glibc and musl for 64-bit, 36 for 32-bit; generous on purpose.</summary>
    internal const int AttributesSize = 128;

    // Before glibc 2.34 the pthread calls live here; since then it only leads to libc.so.6, and musl answers to the name itself.
    private const string Pthread = "libpthread.so.0";
    private const string C = "libc";

    /// <summary>Numbers of the calls made without a libc wrapper; 0 where this file does not know the architecture.</summary>
    internal static readonly nint SYS_futex = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 202,
        Architecture.Arm64 or Architecture.LoongArch64 or Architecture.RiscV64 => 98,
        Architecture.X86 or Architecture.Arm or Architecture.Armv6 => 240,
        _ => 0,
    };

    internal static readonly nint SYS_gettid = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 186,
        Architecture.Arm64 or Architecture.LoongArch64 or Architecture.RiscV64 => 178,
        Architecture.X86 or Architecture.Arm or Architecture.Armv6 => 224,
        _ => 0,
    };

    /// <summary>Only on 32-bit, where off_t, and so the C library's mmap, differs between glibc and musl.</summary>
    internal const nint SYS_mmap2 = 192;

    /// <summary>
    /// A timespec for SYS_futex and for clock_gettime: two words on 64-bit, and two 32-bit words for the older calls that 32-bit systems
    /// have too.
    /// </summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Timespec
    {
        internal nint Seconds;
        internal nint Nanoseconds;
    }

    [LibraryImport(Pthread), SuppressGCTransition]
    internal static partial int pthread_attr_init(byte* attributes);

    [LibraryImport(Pthread), SuppressGCTransition]
    internal static partial int pthread_attr_getstacksize(byte* attributes, nuint* size);

    [LibraryImport(Pthread), SuppressGCTransition]
    internal static partial int pthread_attr_setstack(byte* attributes, nint stack, nuint size);

    [LibraryImport(Pthread), SuppressGCTransition]
    internal static partial int pthread_attr_destroy(byte* attributes);

    [LibraryImport(Pthread)]
    internal static partial int pthread_create(nint* thread, byte* attributes, delegate* unmanaged<nint, nint> start, nint argument);

    [LibraryImport(Pthread)]
    internal static partial int pthread_tryjoin_np(nint thread, nint* result);

    [LibraryImport(Pthread)]
    internal static partial int pthread_join(nint thread, nint* result);

    [LibraryImport(C)]
    internal static partial nint mmap(nint address, nuint size, int protection, int flags, int file, nint offset);

    [LibraryImport(C)]
    internal static partial int mprotect(nint address, nuint size, int protection);

    [LibraryImport(C)]
    internal static partial int munmap(nint address, nuint size);

    [LibraryImport(C)]
    internal static partial int madvise(nint address, nuint size, int advice);

    /// <summary>On 64-bit a limit is a pair of 64-bit numbers.</summary>
    [LibraryImport(C)]
    internal static partial int getrlimit(int resource, ulong* limits);

    [LibraryImport(C)]
    internal static partial int prctl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [LibraryImport(C)]
    internal static partial nint syscall(nint number, nint a, nint b, nint c, nint d, nint e, nint f);

    /// <summary>For SYS_gettid only: short and never blocks.</summary>
    [LibraryImport(C, EntryPoint = "syscall"), SuppressGCTransition]
    internal static partial nint syscall_short(nint number);

    [LibraryImport(C)]
    internal static partial int malloc_trim(nuint keep);

    [LibraryImport(C)]
    internal static partial int sched_yield();

    [LibraryImport(C)]
    internal static partial int open(byte* path, int flags);

    [LibraryImport(C)]
    internal static partial nint read(int file, byte* buffer, nuint count);

    [LibraryImport(C)]
    internal static partial int close(int file);

    [LibraryImport(C)]
    internal static partial nint readlink(byte* path, byte* buffer, nuint count);

    internal const int RUSAGE_THREAD = 1;

    /// <summary>
    /// A struct rusage is words of a long's size: seconds and microseconds in user code, the same in the system, 12 that are not used here,
    /// and the voluntary switches. 32-bit systems with longer times have those by another name. Short and never blocks.
    /// </summary>
    [LibraryImport(C), SuppressGCTransition]
    internal static partial int getrusage(int whose, nint* use);

    /// <summary>Words for a struct rusage: musl's has 16 more than the 18 of the system.</summary>
    internal const int ResourceUseWords = 34;

    /// <summary>Of a thread's CPU time: short and never blocks.</summary>
    [LibraryImport(C), SuppressGCTransition]
    internal static partial int clock_gettime(int clock, Timespec* time);
}
