using Weft.Tests.Support;
using Weft.Threads;
using Weft.Threads.Platforms;

namespace Weft.Tests.Threads;

/// <summary>Many threads one after the other leave nothing behind.</summary>
public sealed class ThreadSoakTests
{
    // The runtime, its compiler and malloc map something now and then; a leak of one mapping a thread would be 2,000.
    private const int MappingsOfOthers = 60;

    [Fact]
    public void Start_2000InARow_LeavesMappingsAndThreadsFlat()
    {
        Assert.SkipUnless(LinuxThreadPlatform.IsSupported, "Needs /proc/self/maps.");
        StartAndJoin(200);
        int mappings = MemoryMap.ReadAll().Count;
        long stackBytes = ThreadHost.Shared.Stacks.BytesMapped;
        StartAndJoin(2_000);
        Assert.InRange(MemoryMap.ReadAll().Count, 0, mappings + MappingsOfOthers);
        Assert.InRange(ThreadHost.Shared.Stacks.BytesMapped, 0, stackBytes);
    }

    [Fact]
    public void Start_500AtOnce_AreReapedAndUnmapped()
    {
        var host = new ThreadHost(ThreadPlatform.Current, OSThreadOptions.DefaultStackSizeBytes);
        using var mayEnd = new ManualResetEventSlim();
        OSThread[] threads = [.. Enumerable.Range(0, 500)
            .Select(_ => OSThread.Start(host, mayEnd.Wait, "soak", OSThreadOptions.MinStackSizeBytes))];
        mayEnd.Set();
        Eventually.True(
            () =>
            {
                host.Reaper.Reap();
                return host.Reaped == threads.Length;
            },
            "all reaped");
        host.Close();
        Assert.Equal(0, host.Stacks.BytesMapped);
        Assert.Equal(0, host.Stacks.BytesCached);
        Assert.Equal(threads.Length, host.Created);
        Assert.Equal(threads.Length, host.Exited);
    }

    private static void StartAndJoin(int count)
    {
        for (int i = 0; i < count; i++)
            OSThread.Start(() => { }).Join();
    }
}
