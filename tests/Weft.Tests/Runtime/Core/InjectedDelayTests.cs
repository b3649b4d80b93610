using Weft.Runtime.Core;
using Weft.Tests.Support;

namespace Weft.Tests.Runtime.Core;

/// <summary>
/// Races made likely: a short delay now and then at each labelled point of the scheduler, under a load of everything it can do.
/// </summary>
public sealed class InjectedDelayTests
{
    // What every load passes.
    private static readonly string[] s_general =
    [
        "inbox.pushed", "runright.released", "handoff.idle", "take.published", "monitor.deep", "machine.retiring", "machine.unlinked",
        "slot.putting", "processor.idle", "spinning.lowered", "machine.parking",
    ];

    private static readonly string[] s_ofThieves = ["slot.thief", "slot.stolen"];

    private static readonly string[] s_ofStorm =
        ["blocking.began", "blocking.ended", "blocking.returns", "lock.enqueuing", "lock.woken", "lock.unlocked"];

    private static readonly string[] s_ofWaits = ["blocking.began", "blocking.ended", "blocking.returns", "mail.given", "ahead.disowned"];

    private static readonly string[] s_ofChannels = ["operation.ended", "select.opening", "select.opened", "place.dropped", "place.marked"];

    private static readonly string[] s_ofEnd = ["monitor.leaving", "monitor.gone"];

    // With a single CPU no machine dozes; without a limit or a refusal there is no shortage.
    private static readonly string[] s_all =
    [
        .. s_general, .. s_ofThieves, .. s_ofStorm, "mail.given", .. s_ofChannels, .. s_ofEnd, "machine.dozing",
        "shortage.ending", "extra.taken", "line.entering", "line.dropping", "ahead.disowned",
    ];

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    public Task Storm_WithDelaysAtEveryLabel_NothingIsLost(int seed, int procs) => WithDelaysAsync(seed, procs, StormAsync, s_ofStorm);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    public Task Channels_WithDelaysAtEveryLabel_NothingIsLost(int seed, int procs) =>
        WithDelaysAsync(seed, procs, ExchangeAsync, s_ofChannels);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    public Task Waits_WithDelaysAtEveryLabelAndFewThreads_NothingIsLost(int seed, int procs) =>
        WithDelaysAsync(seed, procs, WaitsAsync, s_ofWaits, maxThreads: 3 + procs);

    /// <summary>
    /// Flows side by side that block for each other, with a thread more than processors for them: what is posted becomes a goroutine, or,
    /// for want of a thread, mail of a flow that waits.
    /// </summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    public async Task Flows_WithDelaysAtEveryLabelAndFewThreads_NothingIsLost(int seed, int procs)
    {
        using var delays = InjectedDelays.Begin(seed, s_all);
        using var _ = TestScheduler.Create(Options(), out Scheduler scheduler);
        string[] expected =
            ["blocking.began", "blocking.ended", "blocking.returns", "runright.released", "mail.given", "inbox.pushed", "ahead.disowned"];
        await RepeatAsync(scheduler, delays, expected, FlowsAsync);

        SchedulerOptions Options() => new()
        {
            Name = TestScheduler.NextName(),
            MaxProcs = procs,
            MaxThreads = 3 + procs,
            IdleTimeout = TimeSpan.FromMilliseconds(1),
            ConcurrentFlows = true,
        };
    }

    /// <summary>Runs a load five times, and then until every label that it can pass was passed.</summary>
    private static async Task WithDelaysAsync(int seed, int procs, Func<Scheduler, Task> load, string[] ofLoad, int maxThreads = 10_000)
    {
        using var delays = InjectedDelays.Begin(seed, s_all);
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs, maxThreads, idleMilliseconds: 1);
        string[] expected = [.. s_general, .. ofLoad, .. procs > 1 ? s_ofThieves : []];
        await RepeatAsync(scheduler, delays, expected, async scheduler =>
        {
            await load(scheduler);
            await GiveProcessorsUpAsync(scheduler, procs);
        });
    }

    private static async Task RepeatAsync(Scheduler scheduler, InjectedDelays delays, string[] expected, Func<Scheduler, Task> load)
    {
        long giveUp = Environment.TickCount64 + (long)Limits.Hang.TotalMilliseconds;
        for (int round = 0; round < 5 || (delays.NotPassed(expected).Any() && Environment.TickCount64 < giveUp); round++)
            await load(scheduler);

        await Limits.Until(() => scheduler.Statistics.Threads == 0, "every thread has left", scheduler);
        Assert.Empty(delays.NotPassed([.. expected, .. s_ofEnd]));
        Assert.Null(delays.Unknown);
    }

    /// <summary>
    /// A call with nothing in the queues, and one that waits for a goroutine whose processor the monitor has to take from another call.
    /// </summary>
    private static async Task GiveProcessorsUpAsync(Scheduler scheduler, int procs)
    {
        await scheduler.StartChecked(() => Go.Blocking(() => Thread.Sleep(0))).Within();
        int sleeping = 0;
        bool ended = false;
        Goroutine<bool>[] sleepers = scheduler.StartMany(procs, _ =>
        {
            Interlocked.Increment(ref sleeping);
            while (!Volatile.Read(ref ended))
                Thread.Sleep(1);
        });
        await Limits.Until(() => Volatile.Read(ref sleeping) == procs, "every processor's goroutine sleeps", scheduler);
        await scheduler.StartChecked(() => Volatile.Write(ref ended, true)).Within();
        await sleepers.Within();
    }

    private static async Task StormAsync(Scheduler scheduler)
    {
        int ended = 0, locked = 0;
        var @lock = new GoLock();
        Goroutine<bool>[] all = scheduler.StartMany(200, async i =>
        {
            for (int step = 0; step < 10; step++)
            {
                switch ((i + step) % 10)
                {
                    case 0:
                        await Go.Yield();
                        break;
                    case 1:
                        await Go.SleepAsync(TimeSpan.FromMicroseconds(20 * step));
                        break;
                    case 2:
                        Thread.Sleep(0);
                        break;
                    case 3:
                        Task meanwhile = LaterAsync();
                        Go.Blocking(() => SpinWait.SpinUntil(() => meanwhile.IsCompleted));
                        break;
                    case 4:
                        LaterAsync().Wait();
                        break;
                    case 5:
                        await scheduler.StartChecked(() => { });
                        break;
                    case 6:
                        using (Go.LockOSThread())
                            await Task.Yield();
                        break;
                    case 7:
                        using (await @lock.LockAsync())
                            await ExclusivelyAsync();
                        break;
                    case 8:
                        await LockOrCancelAsync();
                        break;
                    default:
                        await Task.Run(() => { });
                        break;
                }
            }

            if (i % 20 == 0)
                Go.LockOSThread();
            Interlocked.Increment(ref ended);
        });
        await all.Within();
        Assert.Equal(all.Length, ended);
        Assert.True(@lock.TryLock(), "Nobody has the lock any more.");

        async Task ExclusivelyAsync()
        {
            Assert.Equal(1, Interlocked.Increment(ref locked));
            await Go.Yield();
            Interlocked.Decrement(ref locked);
        }

        async Task LockOrCancelAsync()
        {
            using var source = new CancellationTokenSource();
            Goroutine<bool> canceller = scheduler.StartChecked(source.Cancel);
            try
            {
                using (await @lock.LockAsync(source.Token))
                    await ExclusivelyAsync();
            }
            catch (OperationCanceledException)
            {
            }

            await canceller;
        }

        static async Task LaterAsync()
        {
            await Task.Yield();
            await Go.SleepAsync(TimeSpan.FromMicroseconds(50));
        }
    }

    /// <summary>
    /// Waits inside waits, for continuations that others and the goroutine itself bring, in more goroutines than there are threads.
    /// </summary>
    private static async Task FlowsAsync(Scheduler scheduler)
    {
        int ended = 0;
        Goroutine<bool>[] all = scheduler.StartMany(40, async _ =>
        {
            Task<int>[] flows = [.. Enumerable.Range(0, 3).Select(depth => FlowAsync(depth))];
            Assert.Equal(1, flows[0].Result);
            Assert.Equal(3, flows[2].Result);
            await Task.WhenAll(flows);
            Interlocked.Increment(ref ended);
        });
        await all.Within();
        Assert.Equal(all.Length, ended);

        static async Task<int> FlowAsync(int depth)
        {
            await Task.Yield();
            if (depth != 1)
                GoAhead();
            int inner = depth > 0 ? FlowAsync(depth - 1).Result : 0;
            await Go.SleepAsync(TimeSpan.FromMicroseconds(20));
            return inner + 1;
        }
    }

    private static void GoAhead() => Machine.Calling!.Engine.GoAhead(Machine.Calling);

    private static async Task WaitsAsync(Scheduler scheduler)
    {
        await scheduler.StartMany(60, i =>
        {
            int inside = 0;
            for (int round = 0; round < 5; round++)
            {
                if ((i + round) % 2 == 0)
                    GoAhead();
                Task[] flows = [.. Enumerable.Range(0, 2).Select(flow => FlowAsync((i + flow) % 3))];
                Assert.True(flows[0].Wait(Limits.Hang));
                flows[1].Wait();
                using var set = new ManualResetEvent(false);
                Go.Current!.Post(_ => set.Set(), null);
                Assert.True(set.WaitOne(Limits.Hang));
                Task declared = FlowAsync(2);
                Go.Blocking(declared.Wait);
            }

            async Task FlowAsync(int depth)
            {
                await Task.Yield();
                Assert.Equal(1, ++inside);
                inside--;
                if (depth > 0)
                    FlowAsync(depth - 1).Wait();
                else
                    await Go.SleepAsync(TimeSpan.FromMicroseconds(20));
                await Go.Yield();
            }
        }).Within();
    }

    /// <summary>
    /// Selects in loops that keep their places at several channels and at one whose closing ends them all, and loops over a channel whose
    /// operations may be complete when they are looked at; every value arrives once.
    /// </summary>
    private static async Task ExchangeAsync(Scheduler scheduler)
    {
        const int Channels = 3, Receivers = 3, Each = 500;
        Chan<int>[] channels = [.. Enumerable.Range(0, Channels).Select(i => new Chan<int>(i))];
        var stop = new Chan<bool>();
        var results = new Chan<int>();
        long sum = 0, seen = 0;
        Goroutine<bool>[] adders = scheduler.StartMany(2, async _ =>
        {
            await foreach (int value in results)
                Interlocked.Add(ref sum, value);
        });
        Goroutine<bool>[] receivers = scheduler.StartMany(Receivers, async _ =>
        {
            var select = new Select();
            HashSet<SelectCase> cases = [.. channels.Select(channel => select.Receive(channel))];
            select.Receive(stop);
            var send = new Select();
            SendCase<int> result = send.Send(results);
            send.Receive(stop);
            while (await select.WaitAsync() is ReceiveCase<int> one && cases.Contains(one))
            {
                result.Value = one.Value;
                Assert.Same(result, await send.WaitAsync());
                Interlocked.Increment(ref seen);
            }
        });
        await scheduler.StartMany(Channels, async i =>
        {
            for (int value = 1; value <= Each; value++)
                await channels[i].SendAsync(value);
        }).Within();
        await Limits.Until(() => Interlocked.Read(ref seen) == Channels * Each, "everything was passed on", scheduler);
        stop.Close();
        await receivers.Within();
        results.Close();
        await adders.Within();
        Assert.Equal(Channels * (long)Each * (Each + 1) / 2, sum);
    }
}
