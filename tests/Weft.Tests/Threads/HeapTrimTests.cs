using Weft.Tests.Support;
using Weft.Threads;

namespace Weft.Tests.Threads;

public sealed class HeapTrimTests
{
    [Fact]
    public void NowAndAfterACollection_Collection_TrimsTwice()
    {
        var platform = new FaultingPlatform(ThreadPlatform.Current);
        HeapTrim.NowAndAfterACollection(platform);
        Assert.Equal(1, platform.Trims);
        GC.Collect();
        Eventually.True(() => platform.Trims == 2, "the heap is trimmed after the collection");
    }

    [Fact]
    public async Task Burst_ThenNothing_MemoryIsGivenBackWhenTheThreadsAreGone()
    {
        var platform = new FaultingPlatform(ThreadPlatform.Current);
        using var _ = TestScheduler.Create(out Scheduler scheduler, idleMilliseconds: 5, platform: platform);
        await scheduler.StartMany(20, _ => Thread.Sleep(5)).Within();
        await Limits.Until(() => scheduler.Statistics.Threads == 0, "every thread was reaped", scheduler);
        Assert.True(platform.Trims > 0);
    }
}
