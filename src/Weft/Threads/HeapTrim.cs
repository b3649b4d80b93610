namespace Weft.Threads;

/// <summary>
/// Has the C library's free memory given back after the next collection: only then does the runtime free what it kept for threads that are
/// gone, some 10 KiB each, and the C library would hold on to it.
/// </summary>
internal sealed class HeapTrim
{
    private readonly IThreadPlatform _platform;

    private HeapTrim(IThreadPlatform platform) => _platform = platform;

    ~HeapTrim() => _platform.TrimHeap();

    /// <summary>Trims now, and once more after the next collection.</summary>
    internal static void NowAndAfterCollection(IThreadPlatform platform)
    {
        platform.TrimHeap();
        _ = new HeapTrim(platform);
    }
}
