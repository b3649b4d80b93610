using System.Runtime.InteropServices;

namespace Weft.Threads.Platforms;

/// <summary>OpenBSD. Stacks must be the system's: it lets the stack pointer be only in memory that it mapped as a stack itself.</summary>
internal sealed unsafe class OpenBsdThreadPlatform : PosixThreadPlatform
{
    /// <summary>Names have _MAXCOMLEN (24) bytes, with the final zero.</summary>
    internal static readonly PosixSystem System = new("openbsd", TryAgain: 35, MonotonicClock: 3, MaxNameBytes: 23);

    private readonly delegate* unmanaged<int> _getThreadId = (delegate* unmanaged<int>)PosixLibrary.Find("getthrid");
    private readonly delegate* unmanaged<nint, byte*, void> _setName =
        (delegate* unmanaged<nint, byte*, void>)PosixLibrary.Find("pthread_set_name_np");

    internal OpenBsdThreadPlatform()
        : base(System)
    {
    }

    internal static bool IsSupported => RuntimeInformation.IsOSPlatform(OSPlatform.Create("OPENBSD")) && Is64Bit;

    public override int CurrentThreadId() => _getThreadId();

    private protected override void SetCurrentName(byte* name) => _setName(Library.Self(), name);
}
