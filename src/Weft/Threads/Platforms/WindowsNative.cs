using System.Runtime.InteropServices;

namespace Weft.Threads.Platforms;

/// <summary>
/// The documented calls of Windows that threads need. Blittable arguments only. A garbage collection waits for a call marked
/// <see cref="SuppressGCTransitionAttribute"/>, so only calls that are over in nanoseconds carry it.
/// </summary>
internal static unsafe partial class WindowsNative
{
    internal const int ERROR_INVALID_PARAMETER = 87;
    internal const int ERROR_NOT_ENOUGH_MEMORY = 8;
    internal const int ERROR_OUTOFMEMORY = 14;
    internal const int ERROR_NO_SYSTEM_RESOURCES = 1450;
    internal const int ERROR_COMMITMENT_LIMIT = 1455;

    /// <summary>The size given to CreateThread is address space, as on Linux; without it, all of it would be committed.</summary>
    internal const uint STACK_SIZE_PARAM_IS_A_RESERVATION = 0x00010000;

    internal const uint INFINITE = 0xFFFFFFFF;
    internal const uint WAIT_OBJECT_0 = 0;
    internal const uint SYNCHRONIZE = 0x00100000;
    internal const uint THREAD_QUERY_LIMITED_INFORMATION = 0x0800;
    internal const uint CREATE_WAITABLE_TIMER_MANUAL_RESET = 0x00000001;
    internal const uint CREATE_WAITABLE_TIMER_HIGH_RESOLUTION = 0x00000002;
    internal const uint TIMER_ALL_ACCESS = 0x1F0003;

    private const string Kernel = "kernel32.dll";

    /// <summary>The API set that the three calls are documented under: Windows 8 and later.</summary>
    internal const string Synch = "api-ms-win-core-synch-l1-2-0.dll";

    [LibraryImport(Kernel)]
    internal static partial nint CreateThread(
        void* attributes,
        nuint stackSize,
        delegate* unmanaged[Stdcall]<nint, uint> start,
        nint parameter,
        uint flags,
        uint* threadId);

    [LibraryImport(Kernel)]
    internal static partial uint WaitForSingleObject(nint handle, uint milliseconds);

    [LibraryImport(Kernel)]
    internal static partial int CloseHandle(nint handle);

    [LibraryImport(Kernel)]
    internal static partial nint OpenThread(uint access, int inheritHandle, uint threadId);

    [LibraryImport(Kernel)]
    internal static partial int QueryThreadCycleTime(nint thread, ulong* cycles);

    /// <summary>Times are FILETIME: 100 ns units in two 32-bit halves, low half first, which is a little-endian 64-bit number.</summary>
    [LibraryImport(Kernel)]
    internal static partial int GetThreadTimes(nint thread, ulong* created, ulong* exited, ulong* kernel, ulong* user);

    [LibraryImport(Kernel)]
    internal static partial int GetThreadIOPendingFlag(nint thread, int* isPending);

    [LibraryImport(Kernel)]
    internal static partial uint SleepEx(uint milliseconds, int alertable);

    [LibraryImport(Kernel)]
    internal static partial int SwitchToThread();

    [LibraryImport(Kernel), SuppressGCTransition]
    internal static partial uint GetCurrentThreadId();

    /// <summary>A pseudo handle: needs no closing, and means the caller wherever it is used.</summary>
    [LibraryImport(Kernel), SuppressGCTransition]
    internal static partial nint GetCurrentThread();

    /// <summary>Windows 10 1607 and later.</summary>
    [LibraryImport(Kernel)]
    internal static partial int SetThreadDescription(nint thread, char* description);

    /// <summary>The high-resolution flag: Windows 10 1803 and later; older ones refuse it.</summary>
    [LibraryImport(Kernel)]
    internal static partial nint CreateWaitableTimerExW(void* attributes, char* name, uint flags, uint access);

    /// <summary>A negative due time is relative, in units of 100 ns.</summary>
    [LibraryImport(Kernel)]
    internal static partial int SetWaitableTimer(nint timer, long* dueTime, int period, void* routine, void* argument, int resume);

    [LibraryImport(Synch)]
    internal static partial int WaitOnAddress(void* address, void* compareAddress, nuint size, uint milliseconds);

    [LibraryImport(Synch)]
    internal static partial void WakeByAddressSingle(void* address);

    [LibraryImport(Synch)]
    internal static partial void WakeByAddressAll(void* address);
}
