using System.Threading.Channels;
using Weft.Tests.Support;

namespace Weft.Tests.Runtime.Core;

/// <summary>Nobody starves: not behind a goroutine that computes, not behind one whose operations never have to wait.</summary>
public sealed class FairnessTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task PingPong_AgainstAHogOnOneProcessor_MakesProgress(bool hogYields)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        using var stop = new Gate();
        Goroutine<bool> hog = scheduler.StartChecked(async () =>
        {
            while (!stop.IsOpen)
            {
                Thread.SpinWait(50);
                if (hogYields)
                    await Go.Yield();
            }
        });
        Channel<int> ping = Channel.CreateUnbounded<int>(), pong = Channel.CreateUnbounded<int>();
        Goroutine<bool>[] players =
        [
            scheduler.StartChecked(() => PlayAsync(ping.Reader, pong.Writer)),
            scheduler.StartChecked(() => PlayAsync(pong.Reader, ping.Writer)),
        ];
        await ping.Writer.WriteAsync(0);
        await players.Within();
        stop.Open();
        await hog.Within();

        static async Task PlayAsync(ChannelReader<int> from, ChannelWriter<int> to)
        {
            int ball = 0;
            while (ball < 1_000)
            {
                ball = await from.ReadAsync();
                await to.WriteAsync(ball + 1);
            }
        }
    }

    /// <summary>
    /// A turn is one of four in a row for a pair that hands each other the processor, and the only one for a goroutine that yields.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task PingPong_BesideOthersOnOneProcessor_TurnsStayWithinAFactorOfFour(bool othersArePair)
    {
        const int Factor = 4;
        const int Hops = 20_000;
        int others = await Undisturbed.ResultAsync(procs: 1, scheduler => TurnsBesidePairAsync(scheduler, Hops, othersArePair));
        Assert.InRange(others, Hops / Factor, Hops * Factor);
    }

    /// <summary>How many turns the others have while a pair has a given number.</summary>
    private static async Task<int> TurnsBesidePairAsync(Scheduler scheduler, int turns, bool othersArePair)
    {
        using var stop = new Gate();
        int hops = 0, others = 0;
        List<Goroutine<bool>> all = [];

        // By a goroutine of the only processor: none of them begins before all are there. The others begin, since the pair ends.
        await scheduler.StartChecked(() =>
        {
            if (othersArePair)
                all.AddRange(Pair(OtherTurn));
            else
                all.Add(scheduler.StartChecked(HogAsync));
            all.AddRange(Pair(Hop));
        }).Within();
        await all.Within();
        return others;

        void Hop()
        {
            if (++hops == turns)
                stop.Open();
        }

        void OtherTurn()
        {
            Thread.SpinWait(20);
            if (!stop.IsOpen)
                others++;
        }

        async Task HogAsync()
        {
            while (!stop.IsOpen)
            {
                OtherTurn();
                await Go.Yield();
            }
        }

        // The two take turns, and only one processor runs them: their counts need no fence.
        Goroutine<bool>[] Pair(Action turn)
        {
            Chan<int> ping = new(), pong = new();
            return
            [
                scheduler.StartChecked(async () =>
                {
                    while (!stop.IsOpen)
                    {
                        turn();
                        await ping.SendAsync(0);
                        await pong.ReceiveAsync();
                    }

                    ping.Close();
                }),
                scheduler.StartChecked(async () =>
                {
                    await foreach (int ball in ping)
                    {
                        turn();
                        await pong.SendAsync(ball);
                    }
                }),
            ];
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Hog_OnEveryProcessor_OthersStillRun(int procs)
    {
        long slices = await Undisturbed.ResultAsync(procs, scheduler => SlicesOfHogsAsync(scheduler, procs), slicesEnd: true);
        Assert.True(slices > 0);
    }

    private static async Task<long> SlicesOfHogsAsync(Scheduler scheduler, int procs)
    {
        using var stop = new Gate();
        Goroutine<bool>[] hogs = scheduler.StartMany(procs, _ =>
        {
            while (!stop.IsOpen)
                Thread.SpinWait(100);
        });
        await scheduler.StartMany(100, async _ => await Go.Yield()).Within();
        long slices = scheduler.Statistics.HandOffsByTimeSlice;
        stop.Open();
        await hogs.Within();
        return slices;
    }

    [Fact]
    public async Task Hogs_MoreThanMayRunOn_AllEnd()
    {
        var options = new SchedulerOptions { Name = TestScheduler.NextName(), MaxProcs = 1, MaxComputingExtra = 2 };
        using var _ = TestScheduler.Create(options, out Scheduler scheduler);
        long[] turns = new long[8];
        await scheduler.StartMany(turns.Length, i =>
        {
            long end = Environment.TickCount64 + 40;
            while (Environment.TickCount64 < end)
                turns[i]++;
        }).Within();
        Assert.All(turns, count => Assert.True(count > 0));
    }

    [Fact]
    public async Task Start_ManyOnOneProcessor_RunInThatOrder()
    {
        const int Goroutines = 100;
        List<int> order = await Undisturbed.ResultAsync(procs: 1, async scheduler =>
        {
            var order = new List<int>();
            await scheduler.Start(async () =>
            {
                for (int i = 0; i < Goroutines; i++)
                    Go.Start(order.Add, i);
                while (order.Count < Goroutines)
                    await Go.Yield();
            }).Within();
            return order;
        });
        Assert.Equal(Enumerable.Range(0, Goroutines), order);
    }

    [Fact]
    public async Task GlobalQueue_WhileLocalGoroutinesKeepTheProcessor_IsServed()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        using var stop = new Gate();

        // Two that wake each other all the time, through the run-next slot.
        Channel<int> left = Channel.CreateUnbounded<int>(), right = Channel.CreateUnbounded<int>();
        Goroutine<bool>[] pair =
        [
            scheduler.StartChecked(() => BounceAsync(left.Reader, right.Writer)),
            scheduler.StartChecked(() => BounceAsync(right.Reader, left.Writer)),
        ];
        await left.Writer.WriteAsync(0);

        // Started from outside: through the global queue.
        for (int i = 0; i < 20; i++)
            await scheduler.Start(() => { }).Within();
        stop.Open();
        left.Writer.TryComplete();
        right.Writer.TryComplete();
        await pair.Within();

        async Task BounceAsync(ChannelReader<int> from, ChannelWriter<int> to)
        {
            while (!stop.IsOpen && await from.WaitToReadAsync())
            {
                if (from.TryRead(out int ball))
                    to.TryWrite(ball + 1);
            }
        }
    }
}
