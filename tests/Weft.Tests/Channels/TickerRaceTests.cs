using Weft.Tests.Support;

namespace Weft.Tests.Channels;

/// <summary>After Stop and Reset no tick of before can be received, whatever the timer is about to do.</summary>
public sealed class TickerRaceTests
{
    private const int Rounds = 5_000;
    private static readonly TimeSpan s_short = TimeSpan.FromMicroseconds(10);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Stop_RacesATick_LeavesNoneAndNoneComes(int procs)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs);
        int ticks = 0;
        await scheduler.StartChecked(async () =>
        {
            using var ticker = new Ticker(s_short);
            for (int round = 0; round < Rounds; round++)
            {
                // Before, at and after the moment when the tick is due.
                Thread.SpinWait(round % 64);
                if (round % 7 == 0)
                    await Go.Yield();
                if (round % 3 == 0 && ticker.Channel.TryReceive(out TimeSpan _))
                    ticks++;
                ticker.Stop();
                Assert.False(ticker.Channel.TryReceive(out TimeSpan _), "A tick of before the stop.");
                if (round % 5 == 0)
                    await Go.Yield();
                Thread.SpinWait(round % 128);
                Assert.False(ticker.Channel.TryReceive(out TimeSpan _), "A tick that came after the stop.");
                ticker.Reset(s_short);
            }

            await ticker.Channel.ReceiveAsync();
            ticks++;
        }).Within();
        Assert.InRange(ticks, 1, Rounds);
    }

    [Fact]
    public async Task Reset_RacesATick_NoneComesBeforeTheNewPeriodIsOver()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            using var ticker = new Ticker(s_short);
            var select = new Select();
            ReceiveCase<TimeSpan> tick = select.Receive(ticker.Channel);
            for (int round = 0; round < Rounds; round++)
            {
                Thread.SpinWait(round % 64);
                ticker.Reset(TimeSpan.FromHours(1));
                Assert.Null(select.TryWait());
                Thread.SpinWait(round % 64);
                if (round % 4 == 0)
                    await Go.Yield();
                Assert.Null(select.TryWait());
                ticker.Reset(s_short);
                if (round % 8 == 0)
                    Assert.Same(tick, await select.WaitAsync());
            }
        }).Within();
    }

    [Fact]
    public async Task StopAndReset_FromManyThreads_OnlyTheLastOneCounts()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        using Ticker ticker = await scheduler.Start(() => new Ticker(s_short)).Within();
        int received = 0;
        Goroutine<bool> receiver = scheduler.StartChecked(async () =>
        {
            await foreach (TimeSpan _ in ticker.Channel)
                received++;
        });
        Task[] threads = [.. Enumerable.Range(0, 3).Select(i => Task.Run(() =>
        {
            for (int round = 0; round < Rounds / 10; round++)
            {
                if ((round + i) % 2 == 0)
                    ticker.Stop();
                else
                    ticker.Reset(s_short);
            }
        }))];
        await Task.WhenAll(threads).Within(scheduler);
        ticker.Stop();
        Assert.False(ticker.Channel.TryReceive(out TimeSpan _));
        int before = Volatile.Read(ref received);
        ticker.Reset(s_short);
        await Limits.Until(() => Volatile.Read(ref received) > before, "it ticks again", scheduler);
        ticker.Dispose();
        await receiver.Within();
    }

    [Fact]
    public async Task Reset_OnThreadsThatAreInterruptedAsTheyFireTicks_EndsNothing()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        using var stop = new Gate();
        await scheduler.StartChecked(async () =>
        {
            using var ticker = new Ticker(TimeSpan.FromTicks(1));
            Task[] resetting = [.. Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    for (int round = 0; round < 10 * Rounds; round++)
                        ticker.Reset(TimeSpan.FromTicks(1));
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default))];
            Goroutine<bool>[] interrupting = scheduler.StartMany(4, async _ =>
            {
                while (!stop.IsOpen)
                {
                    Thread.CurrentThread.Interrupt();
                    await Go.Yield();
                }
            });
            await Task.WhenAll(resetting);
            stop.Open();
            foreach (Goroutine<bool> goroutine in interrupting)
                await goroutine;
        }).Within();
    }
}
