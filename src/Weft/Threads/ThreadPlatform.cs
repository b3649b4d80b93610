namespace Weft.Threads;

/// <summary>Chooses the <see cref="IThreadPlatform"/> of the system the process runs on.</summary>
internal static class ThreadPlatform
{
    internal static IThreadPlatform Current { get; } = Choose();

    private static IThreadPlatform Choose()
    {
        if (LinuxThreadPlatform.IsSupported)
            return new LinuxThreadPlatform();
        if (WindowsThreadPlatform.IsSupported)
            return new WindowsThreadPlatform();
        return new ManagedThreadPlatform();
    }
}
