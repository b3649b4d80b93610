using Weft.Tests.Support;

namespace Weft.Tests.Runtime.Core;

public sealed class ParallelismTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Processors_GoroutinesHandACounterRound_AllRunAtOnce(int procs)
    {
        using var _ = TestScheduler.Create(WithoutSlices(procs), out Scheduler scheduler);
        for (int attempt = 0; attempt < 10; attempt++)
        {
            int counter = 0;
            await scheduler.StartMany(procs, p =>
            {
                for (int i = 0; i < 3; i++)
                {
                    int expected = (procs * i) + p;
                    while (Volatile.Read(ref counter) != expected)
                        Thread.SpinWait(20);
                    Volatile.Write(ref counter, expected + 1);
                }
            }).Within();
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task MaxProcs_CooperativeGoroutines_NeverMoreRunAtOnce(int procs)
    {
        int most = await Undisturbed.ResultAsync(WithoutSlices(procs), MostAtOnceAsync);
        Assert.InRange(most, 1, procs);
    }

    // No slice ends here: those that run at once do so on processors, and are not computing goroutines that have lost theirs.
    private static SchedulerOptions WithoutSlices(int procs) => new()
    {
        Name = TestScheduler.NextName(),
        MaxProcs = procs,
        TimeSlice = TimeSpan.FromSeconds(10),
        MaxComputingExtra = 0,
    };

    private static async Task<int> MostAtOnceAsync(Scheduler scheduler)
    {
        int inside = 0, most = 0;
        await scheduler.StartMany(20, async _ =>
        {
            for (int i = 0; i < 500; i++)
            {
                int now = Interlocked.Increment(ref inside);
                if (now > Volatile.Read(ref most))
                    Volatile.Write(ref most, now);
                Thread.SpinWait(100);
                Interlocked.Decrement(ref inside);
                await Go.Yield();
            }
        }).Within();
        return most;
    }

    [Fact]
    public async Task MaxProcs_ChangedUnderLoad_NothingIsLost()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 4);
        int done = 0;
        Goroutine<bool>[] load = scheduler.StartMany(200, async i =>
        {
            for (int round = 0; round < 200; round++)
            {
                switch ((i + round) % 16)
                {
                    case 0:
                        await Go.SleepAsync(TimeSpan.FromMicroseconds(200));
                        break;
                    case 1:
                        Thread.Sleep(TimeSpan.FromMicroseconds(100));
                        break;
                    case 2:
                        await Task.Yield();
                        break;
                    default:
                        await Go.Yield();
                        break;
                }
            }

            Interlocked.Increment(ref done);
        });
        var random = new Random(20395);
        Task all = load.Within();
        while (!all.IsCompleted)
        {
            int procs = random.Next(1, 9);
            scheduler.MaxProcs = procs;
            Assert.Equal(procs, scheduler.MaxProcs);
            await Task.Delay(1);
        }

        await all;
        Assert.Equal(load.Length, done);
        Assert.Equal(scheduler.MaxProcs, scheduler.Statistics.Processors);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(Scheduler.MaxProcsLimit + 1)]
    public void MaxProcs_OutOfRange_Throws(int procs)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Assert.Throws<ArgumentOutOfRangeException>(() => scheduler.MaxProcs = procs);
        Assert.Equal(2, scheduler.MaxProcs);
    }

    [Fact]
    public async Task MaxProcs_RaisedToTheLimitAndBack_StillRuns()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        scheduler.MaxProcs = Scheduler.MaxProcsLimit;
        await scheduler.StartMany(100, async _ => await Go.Yield()).Within();
        scheduler.MaxProcs = 1;
        await scheduler.StartMany(100, async _ => await Go.Yield()).Within();
    }
}
