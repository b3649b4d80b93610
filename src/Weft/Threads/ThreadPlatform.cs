using Weft.Threads.Platforms;

namespace Weft.Threads;

/// <summary>Chooses the <see cref="IThreadPlatform"/> of the system the process runs on.</summary>
internal static class ThreadPlatform
{
    internal static IThreadPlatform Current { get; } = Choose();

    /// <summary>What to throw where a thread is asked for and the platform creates none.</summary>
    internal static PlatformNotSupportedException NoThreads() =>
        new("This platform has one thread: Weft runs goroutines on it while Run waits, and can neither create threads nor lock a "
            + "goroutine to one.");

    private static IThreadPlatform Choose()
    {
        if (SingleThreadPlatform.IsNeeded)
            return new SingleThreadPlatform();
        if (LinuxThreadPlatform.IsSupported)
            return new LinuxThreadPlatform();
        if (WindowsThreadPlatform.IsSupported)
            return new WindowsThreadPlatform();
        if (MacThreadPlatform.IsSupported)
            return new MacThreadPlatform();
        if (FreeBsdThreadPlatform.IsSupported)
            return new FreeBsdThreadPlatform();
        if (NetBsdThreadPlatform.IsSupported)
            return new NetBsdThreadPlatform();
        if (OpenBsdThreadPlatform.IsSupported)
            return new OpenBsdThreadPlatform();
        if (IllumosThreadPlatform.IsSupported)
            return new IllumosThreadPlatform();
        return new ManagedThreadPlatform();
    }
}
