using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Weft.Tests.Support;
using Weft.Threads.Platforms;

namespace Weft.Tests.Threads.Platforms;

/// <summary>
/// The POSIX threads of macOS, the BSDs and illumos with Linux's numbers underneath: everything runs that these systems share.
/// </summary>
internal sealed unsafe class PosixOnLinux : PosixThreadPlatform
{
    private const int ClockMonotonic = 1;

    private readonly delegate* unmanaged<nint, byte*, int> _setName =
        (delegate* unmanaged<nint, byte*, int>)PosixLibrary.Find("pthread_setname_np");

    /// <param name="relativeWaits">Waits as macOS has them: for a length of time.</param>
    internal PosixOnLinux(bool relativeWaits)
        : base(
            new PosixSystem("posix-on-linux", TryAgain: Native.EAGAIN, ClockMonotonic, MaxNameBytes: 15),
            relativeWaits ? &TimedWaitRelative : null)
    {
    }

    public override int CurrentThreadId() => Native.GetThreadId();

    private protected override void SetCurrentName(byte* name) => _ = _setName(Library.Self(), name);

    /// <summary>What macOS's call does, for a condition that uses Linux's default clock.</summary>
    [UnmanagedCallersOnly]
    private static int TimedWaitRelative(byte* condition, byte* mutex, PosixTimespec* length)
    {
        var timedWait = (delegate* unmanaged<byte*, byte*, PosixTimespec*, int>)PosixLibrary.Find("pthread_cond_timedwait");
        long wanted = (length->Seconds * PosixTimespec.NanosecondsPerSecond) + length->Nanoseconds;
        long now = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        PosixTimespec until = PosixTimespec.FromNanoseconds(now + wanted);
        return timedWait(condition, mutex, &until);
    }
}
