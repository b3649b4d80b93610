namespace Weft.Threads;

/// <summary>
/// Has the C library's free memory given back after the next two collections: only then does the runtime free what it kept for threads that
/// are gone, some 10 KiB each, and the C library would hold on to it. The first collection runs the finalizers of their <see cref="Thread"/>
/// objects; the runtime frees what those stood for after the finalizers, this one included, so it is for the second to give it back.
/// </summary>
internal sealed class HeapTrim
{
    private const int Collections = 2;

    private readonly IThreadPlatform _platform;

    // The finalizer's own.
    private int _seen;

    private HeapTrim(IThreadPlatform platform) => _platform = platform;

    ~HeapTrim()
    {
        _platform.TrimHeap();
        if (++_seen < Collections)
            GC.ReRegisterForFinalize(this);
    }

    /// <summary>Trims now, and once more after each of the next two collections.</summary>
    internal static void NowAndAfterCollections(IThreadPlatform platform)
    {
        platform.TrimHeap();
        _ = new HeapTrim(platform);
    }
}
