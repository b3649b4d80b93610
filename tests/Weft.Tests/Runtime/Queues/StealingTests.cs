using Weft.Tests.Support;

namespace Weft.Tests.Runtime.Queues;

public sealed class StealingTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 1)]
    [InlineData(4, 5)]
    [InlineData(7, 3)]
    public async Task Steal_FromEveryProcessorThatComputes_FindsAllOnce(int victims, int each)
    {
        // No slice ends here: only the one processor that computes nothing can run what the others have queued, and it has to steal it.
        var options = new SchedulerOptions
        {
            Name = TestScheduler.NextName(),
            MaxProcs = victims + 1,
            TimeSlice = TimeSpan.FromSeconds(10),
            MaxComputingExtra = 0,
        };
        using var _ = TestScheduler.Create(options, out Scheduler scheduler);
        int computing = 0;
        int[] runs = new int[victims * each];
        await scheduler.StartMany(victims, victim =>
        {
            Interlocked.Increment(ref computing);
            SpinUntil(() => Volatile.Read(ref computing) == victims);
            for (int i = 0; i < each; i++)
            {
                int index = (victim * each) + i;
                scheduler.StartChecked(() => Interlocked.Increment(ref runs[index]));
            }

            SpinUntil(() => !runs.AsSpan(victim * each, each).Contains(0));
        }).Within();

        Assert.All(runs, count => Assert.Equal(1, count));

        // A machine that the monitor takes for blocked loses its processor with what is queued there: nothing to steal then.
        SchedulerStatistics statistics = scheduler.Statistics;
        Assert.True(statistics.Steals + statistics.HandOffsByMonitor >= victims, TestScheduler.Dump(scheduler));
    }

    private static void SpinUntil(Func<bool> condition)
    {
        while (!condition())
            Thread.SpinWait(20);
    }
}
