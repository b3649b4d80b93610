using System.Runtime.InteropServices;

namespace Weft.Threads.Platforms;

/// <summary>
/// macOS. A thread's id is the name of its Mach port, which thread_info takes: unique in the process while the thread lives. Conditions
/// have a relative wait there, and no choice of clock.
/// </summary>
internal sealed unsafe class MacThreadPlatform : PosixThreadPlatform
{
    /// <summary>MAXTHREADNAMESIZE is 64, with the final zero. The clock is not used.</summary>
    internal static readonly PosixSystem System = new("macos", TryAgain: 35, MonotonicClock: 6, MaxNameBytes: 63);

    internal const int THREAD_BASIC_INFO = 3;

    /// <summary>In units of natural_t, as thread_info counts.</summary>
    internal const int THREAD_BASIC_INFO_COUNT = 10;

    internal const int TH_STATE_RUNNING = 1;
    internal const int TH_STATE_STOPPED = 2;
    internal const int TH_STATE_WAITING = 3;
    internal const int TH_STATE_UNINTERRUPTIBLE = 4;
    internal const int TH_STATE_HALTED = 5;

    private readonly delegate* unmanaged<byte*, int> _setName;
    private readonly delegate* unmanaged<nint, uint> _machThread;
    private readonly delegate* unmanaged<uint, int, ThreadBasicInfo*, uint*, int> _threadInfo;

    internal MacThreadPlatform()
        : base(System, (delegate* unmanaged<byte*, byte*, PosixTimespec*, int>)PosixLibrary.Find("pthread_cond_timedwait_relative_np"))
    {
        _setName = (delegate* unmanaged<byte*, int>)PosixLibrary.Find("pthread_setname_np");
        _machThread = (delegate* unmanaged<nint, uint>)PosixLibrary.Find("pthread_mach_thread_np");
        _threadInfo = (delegate* unmanaged<uint, int, ThreadBasicInfo*, uint*, int>)PosixLibrary.Find("thread_info");
    }

    internal static bool IsSupported => OperatingSystem.IsMacOS() && Is64Bit;

    public override int CurrentThreadId() => (int)_machThread(Library.Self());

    /// <inheritdoc/>
    /// <remarks>The kernel's word. A port whose thread is gone is refused.</remarks>
    public override ThreadActivity GetActivity(int threadId)
    {
        ThreadBasicInfo info;
        uint count = THREAD_BASIC_INFO_COUNT;
        if (_threadInfo((uint)threadId, THREAD_BASIC_INFO, &info, &count) != 0)
            return ThreadActivity.Gone;
        return Translate(info.RunState);
    }

    internal static ThreadActivity Translate(int runState) => runState switch
    {
        TH_STATE_RUNNING => ThreadActivity.Running,
        TH_STATE_STOPPED or TH_STATE_WAITING or TH_STATE_UNINTERRUPTIBLE => ThreadActivity.Blocked,
        TH_STATE_HALTED => ThreadActivity.Gone,
        _ => ThreadActivity.Unknown,
    };

    /// <summary>The form with one argument: a thread names itself.</summary>
    private protected override void SetCurrentName(byte* name) => _ = _setName(name);

    /// <summary>struct thread_basic_info. A time_value_t is seconds and microseconds, 32 bits each.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct ThreadBasicInfo
    {
        internal long UserTime;
        internal long SystemTime;
        internal int CpuUsage;
        internal int Policy;
        internal int RunState;
        internal int Flags;
        internal int SuspendCount;
        internal int SleepTime;
    }
}
