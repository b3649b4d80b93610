using System.Runtime.InteropServices;

namespace Weft.Threads.Platforms;

/// <summary>NetBSD. Its headers rename clock_gettime to the form with 64-bit times.</summary>
internal sealed unsafe class NetBsdThreadPlatform : PosixThreadPlatform
{
    /// <summary>PTHREAD_MAX_NAMELEN_NP is 32, with the final zero.</summary>
    internal static readonly PosixSystem System = new("netbsd", TryAgain: 35, MonotonicClock: 3, MaxNameBytes: 31);

    private readonly delegate* unmanaged<int> _getThreadId = (delegate* unmanaged<int>)PosixLibrary.Find("_lwp_self");
    private readonly delegate* unmanaged<nint, byte*, void*, int> _setName =
        (delegate* unmanaged<nint, byte*, void*, int>)PosixLibrary.Find("pthread_setname_np");

    internal NetBsdThreadPlatform()
        : base(System, clockGetTime: "__clock_gettime50")
    {
    }

    internal static bool IsSupported => RuntimeInformation.IsOSPlatform(OSPlatform.Create("NETBSD")) && Is64Bit;

    public override int CurrentThreadId() => _getThreadId();

    /// <summary>The name is a format here, and the third argument what it formats.</summary>
    private protected override void SetCurrentName(byte* name)
    {
        fixed (byte* format = "%s\0"u8)
            _ = _setName(Library.Self(), format, name);
    }
}
