using Weft.Tests.Support;

namespace Weft.Tests;

public sealed class GoYieldTests
{
    [Fact]
    public async Task Yield_TwoGoroutinesOnOneProcessor_NeitherRunsAhead()
    {
        int widest = await Undisturbed.ResultAsync(procs: 1, WidestGapAsync);
        Assert.True(widest <= 3, $"one was {widest} rounds ahead");
    }

    private static async Task<int> WidestGapAsync(Scheduler scheduler)
    {
        const int Rounds = 2_000;
        int[] counts = new int[2];
        int widest = 0;
        int started = 0;
        await scheduler.StartMany(2, async i =>
        {
            started++;
            while (started < 2)
                await Go.Yield();
            for (int round = 0; round < Rounds; round++)
            {
                counts[i]++;
                if (counts[1 - i] < Rounds)
                    widest = Math.Max(widest, Math.Abs(counts[0] - counts[1]));
                await Go.Yield();
            }
        }).Within();
        return widest;
    }

    [Theory]
    [InlineData(200)]
    [InlineData(1_000)]
    public async Task Yield_ManyGoroutinesOnOneProcessor_EachIsServedInTurn(int goroutines)
    {
        int[] rounds = await Undisturbed.ResultAsync(procs: 1, scheduler => RoundsAtTheFirstEndAsync(scheduler, goroutines));

        // Nobody may have been forgotten meanwhile.
        Assert.All(rounds, count => Assert.InRange(count, 5, 50));
    }

    private static async Task<int[]> RoundsAtTheFirstEndAsync(Scheduler scheduler, int goroutines)
    {
        int ready = 0;
        int[] rounds = new int[goroutines];
        int[]? atTheEnd = null;
        await scheduler.StartMany(goroutines, async i =>
        {
            Interlocked.Increment(ref ready);
            while (Volatile.Read(ref ready) < goroutines)
                await Go.Yield();
            for (int round = 0; round < 50; round++)
            {
                rounds[i]++;
                await Go.Yield();
            }

            atTheEnd ??= [.. rounds];
        }).Within();
        return atTheEnd!;
    }

    [Fact]
    public async Task Yield_InALoopOnEveryProcessor_LetsPostedWorkRun()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 2);
        using var stop = new Gate();
        Goroutine<bool>[] yielders = scheduler.StartMany(4, async _ =>
        {
            while (!stop.IsOpen)
                await Go.Yield();
        });
        await scheduler.StartChecked(async () =>
        {
            for (int i = 0; i < 20; i++)
                await Task.Run(() => { });
            stop.Open();
        }).Within();
        await yielders.Within();
    }

    [Fact]
    public async Task Yield_OverAndOver_LetsAnotherFlowOfTheGoroutineRun()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        await scheduler.StartChecked(async () =>
        {
            static async Task WaitAsync() => await Task.Delay(1);
            Task other = WaitAsync();
            while (!other.IsCompleted)
                await Go.Yield();
        }).Within();
    }

    [Fact]
    public async Task Yield_ByTwoFlowsOfOneGoroutine_TakesTurns()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        await scheduler.StartChecked(async () =>
        {
            int[] turns = new int[2];
            async Task YieldAsync(int flow)
            {
                while (turns[flow] < 1_000)
                {
                    turns[flow]++;
                    Assert.InRange(turns[flow] - turns[1 - flow], -2, 2);
                    await Go.Yield();
                }
            }

            await Task.WhenAll(YieldAsync(0), YieldAsync(1));
        }).Within();
    }
}
