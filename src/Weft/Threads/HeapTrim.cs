namespace Weft.Threads;

/// <summary>
/// Has the C library's free memory given back after the next collection: only then does the runtime free what it kept for threads that are
/// gone, some 10 KiB each, and the C library would hold on to it. The collection runs the finalizers of their <see cref="Thread"/> objects;
/// the runtime frees what those stood for when it is through with all finalizers, this one included, so the memory is given back a little
/// later.
/// </summary>
internal sealed class HeapTrim
{
    /// <summary>The runtime takes a microsecond or so for a thread, and there may be some ten thousand.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly IThreadPlatform _platform;

    private HeapTrim(IThreadPlatform platform) => _platform = platform;

    // What waits would keep an assembly that is to be unloaded.
    ~HeapTrim()
    {
        if (typeof(HeapTrim).Assembly.IsCollectible)
            _platform.TrimHeap();
        else
            _ = TrimLaterAsync(_platform);
    }

    /// <summary>Trims now, and once more after the next collection.</summary>
    internal static void NowAndAfterACollection(IThreadPlatform platform)
    {
        platform.TrimHeap();
        _ = new HeapTrim(platform);
    }

    private static async Task TrimLaterAsync(IThreadPlatform platform)
    {
        await Task.Delay(s_pause).ConfigureAwait(false);
        platform.TrimHeap();
    }
}
