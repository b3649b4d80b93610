using System.Runtime.InteropServices;

namespace Weft.Threads.Platforms;

/// <summary>illumos. pthread_t is the number that the system shows for a thread, and there is no CPU clock of another thread.</summary>
internal sealed unsafe class IllumosThreadPlatform : PosixThreadPlatform
{
    /// <summary>PTHREAD_MAX_NAMELEN_NP is 32, with the final zero.</summary>
    internal static readonly PosixSystem System = new("illumos", TryAgain: 11, MonotonicClock: 4, MaxNameBytes: 31);

    private readonly delegate* unmanaged<nint, byte*, int> _setName =
        (delegate* unmanaged<nint, byte*, int>)PosixLibrary.FindOrNull("pthread_setname_np");

    internal IllumosThreadPlatform()
        : base(System)
    {
    }

    internal static bool IsSupported => RuntimeInformation.IsOSPlatform(OSPlatform.Create("ILLUMOS")) && Is64Bit;

    public override int CurrentThreadId() => (int)Library.Self();

    private protected override void SetCurrentName(byte* name)
    {
        if (_setName != null)
            _ = _setName(Library.Self(), name);
    }
}
