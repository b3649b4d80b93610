namespace Weft.Threads.Platforms;

/// <summary>FreeBSD.</summary>
internal sealed unsafe class FreeBsdThreadPlatform : PosixThreadPlatform
{
    /// <summary>Names have MAXCOMLEN (19) characters.</summary>
    internal static readonly PosixSystem System = new("freebsd", TryAgain: 35, MonotonicClock: 4, MaxNameBytes: 19);

    private readonly delegate* unmanaged<int> _getThreadId = (delegate* unmanaged<int>)PosixLibrary.Find("pthread_getthreadid_np");
    private readonly delegate* unmanaged<nint, byte*, void> _setName =
        (delegate* unmanaged<nint, byte*, void>)PosixLibrary.Find("pthread_set_name_np");

    internal FreeBsdThreadPlatform()
        : base(System)
    {
    }

    internal static bool IsSupported => OperatingSystem.IsFreeBSD() && Is64Bit;

    public override int CurrentThreadId() => _getThreadId();

    private protected override void SetCurrentName(byte* name) => _setName(Library.Self(), name);
}
