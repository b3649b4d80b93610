using System.Runtime.InteropServices;

namespace Weft.Threads.Platforms;

/// <summary>
/// The calls of POSIX that threads need, as pointers. They are looked up in the running program rather than in a library by name, because
/// systems differ in which library holds them, and the runtime is linked with all of these.
/// </summary>
internal sealed unsafe class PosixLibrary
{
    /// <summary>
    /// Room for any of pthread_attr_t, pthread_mutex_t, pthread_cond_t and pthread_condattr_t. The largest known is 64 bytes (attributes
    /// and mutexes of macOS); see the tests for those of the other systems.
    /// </summary>
    internal const int ObjectSize = 128;

    internal readonly delegate* unmanaged<byte*, int> AttributesInit;
    internal readonly delegate* unmanaged<byte*, int> AttributesDestroy;
    internal readonly delegate* unmanaged<byte*, nuint*, int> AttributesGetStackSize;
    internal readonly delegate* unmanaged<byte*, nuint, int> AttributesSetStackSize;
    internal readonly delegate* unmanaged<nint*, byte*, delegate* unmanaged<nint, nint>, nint, int> Create;
    internal readonly delegate* unmanaged<nint, nint*, int> Join;
    internal readonly delegate* unmanaged<nint> Self;
    internal readonly delegate* unmanaged<byte*, byte*, int> MutexInit;
    internal readonly delegate* unmanaged<byte*, int> MutexLock;
    internal readonly delegate* unmanaged<byte*, int> MutexUnlock;
    internal readonly delegate* unmanaged<byte*, byte*, int> ConditionInit;
    internal readonly delegate* unmanaged<byte*, byte*, int> ConditionWait;
    internal readonly delegate* unmanaged<byte*, byte*, PosixTimespec*, int> ConditionTimedWait;
    internal readonly delegate* unmanaged<byte*, int> ConditionBroadcast;
    internal readonly delegate* unmanaged<int> Yield;

    internal PosixLibrary()
    {
        AttributesInit = (delegate* unmanaged<byte*, int>)Find("pthread_attr_init");
        AttributesDestroy = (delegate* unmanaged<byte*, int>)Find("pthread_attr_destroy");
        AttributesGetStackSize = (delegate* unmanaged<byte*, nuint*, int>)Find("pthread_attr_getstacksize");
        AttributesSetStackSize = (delegate* unmanaged<byte*, nuint, int>)Find("pthread_attr_setstacksize");
        Create = (delegate* unmanaged<nint*, byte*, delegate* unmanaged<nint, nint>, nint, int>)Find("pthread_create");
        Join = (delegate* unmanaged<nint, nint*, int>)Find("pthread_join");
        Self = (delegate* unmanaged<nint>)Find("pthread_self");
        MutexInit = (delegate* unmanaged<byte*, byte*, int>)Find("pthread_mutex_init");
        MutexLock = (delegate* unmanaged<byte*, int>)Find("pthread_mutex_lock");
        MutexUnlock = (delegate* unmanaged<byte*, int>)Find("pthread_mutex_unlock");
        ConditionInit = (delegate* unmanaged<byte*, byte*, int>)Find("pthread_cond_init");
        ConditionWait = (delegate* unmanaged<byte*, byte*, int>)Find("pthread_cond_wait");
        ConditionTimedWait = (delegate* unmanaged<byte*, byte*, PosixTimespec*, int>)Find("pthread_cond_timedwait");
        ConditionBroadcast = (delegate* unmanaged<byte*, int>)Find("pthread_cond_broadcast");
        Yield = (delegate* unmanaged<int>)Find("sched_yield");
    }

    /// <summary>The address of a call that the system is known to have.</summary>
    /// <exception cref="EntryPointNotFoundException">It has not.</exception>
    internal static nint Find(string name) => NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), name);

    /// <summary>The address of a call that not every version has; 0 if it is not there.</summary>
    internal static nint FindOrNull(string name) =>
        NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), name, out nint address) ? address : 0;
}

/// <summary>struct timespec where time_t and long have 64 bits, as on every 64-bit system here.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PosixTimespec
{
    internal const long NanosecondsPerSecond = 1_000_000_000;

    internal long Seconds;
    internal long Nanoseconds;

    internal static PosixTimespec FromNanoseconds(long nanoseconds) => new()
    {
        Seconds = nanoseconds / NanosecondsPerSecond,
        Nanoseconds = nanoseconds % NanosecondsPerSecond,
    };
}
