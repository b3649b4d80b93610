using System.Diagnostics;
using Weft.Tests.Support;

namespace Weft.Tests.Runtime.Queues;

/// <summary>
/// Pairs that wake each other all the time, on one processor: none keeps the run-next slot. Between any two looks the busiest has at most
/// four times the turns of the idlest.
/// </summary>
public sealed class PairFairnessTests
{
    // In percent of the busiest pair's turns.
    private const int Least = 25;

    // Where other processes take the processors, the system gives one pair's threads ten times the turns of another's, even in a whole
    // second. It does so by chance; a pair that keeps the run-next slot does so in each try.
    private const int Tries = 5;

    private const int Windows = 5;

    [Theory]
    [InlineData("await", 2)]
    [InlineData("await", 8)]
    [InlineData("await", 100)]
    [InlineData("task", 8)]
    [InlineData("select", 8)]
    [InlineData("select", 100)]
    [InlineData("lock", 8)]
    [InlineData("wait group", 8)]
    [InlineData("result", 8)]
    [InlineData("yield", 8)]
    [InlineData("blocking", 2)]
    [InlineData("blocking", 8)]
    public async Task Pairs_OnOneProcessor_HaveAboutTheSameTurns(string form, int pairs)
    {
        int idlest = 0;
        for (int left = Tries; left > 0 && idlest < Least; left--)
            idlest = form == "blocking" ? await IdlestInASecondAsync(form, pairs) : await IdlestUndisturbedAsync(form, pairs);
        Assert.InRange(idlest, Least, 100);
    }

    // Many pairs have fewer turns each: a try that takes seconds is hardly ever undisturbed on a busy machine.
    private static Task<int> IdlestUndisturbedAsync(string form, int pairs) => Undisturbed.ResultAsync(
        procs: 1, scheduler => IdlestAsync(scheduler, form, pairs, window: pairs > 8 ? 400 : 2_000, least: TimeSpan.Zero));

    // Pairs that block have threads, each of which the system may put aside for a tenth of a second: a whole second evens that out.
    private static async Task<int> IdlestInASecondAsync(string form, int pairs)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        return await IdlestAsync(scheduler, form, pairs, window: 1_000, least: TimeSpan.FromSeconds(1));
    }

    /// <summary>
    /// The turns of the idlest pair, in percent of those of the busiest, in the worst of some windows. A window ends once the busiest pair
    /// has had <paramref name="window"/> turns and <paramref name="least"/> has passed.
    /// </summary>
    private static async Task<int> IdlestAsync(Scheduler scheduler, string form, int pairs, int window, TimeSpan least)
    {
        int[] turns = new int[pairs];
        int idlest = 100;
        int windows = 0;
        var clock = Stopwatch.StartNew();
        using var stop = new Gate();
        List<Goroutine> all = [];
        await scheduler.StartChecked(() =>
        {
            for (int i = 0; i < pairs; i++)
                all.AddRange(Pair(form, Turn, stop, i));
        }).Within();
        await all.Within();
        return idlest;

        void Turn(int pair)
        {
            // Two count at once only where the monitor has taken the processor from one of them.
            lock (turns)
            {
                if (++turns[pair] < window || clock.Elapsed < least)
                    return;
                if (windows++ > 0)
                    idlest = Math.Min(idlest, 100 * turns.Min() / turns.Max()); // in the first they are being started
                Array.Clear(turns);
                clock.Restart();
                if (windows > Windows)
                    stop.Open();
            }
        }
    }

    private static Goroutine[] Pair(string form, Action<int> turn, Gate stop, int me)
    {
        // A ball that goes from one to the other; the one that sees the gate open closes both ways.
        Chan<int> there = new(), back = new();
        var golock = new GoLock();
        switch (form)
        {
            case "await":
                return [Go.Start(Serve()), Go.Start(Return())];
            case "task":
                return [Go.Start(ServeInTaskAsync), Go.Start(Return())];
            case "select":
                return [Go.Start(ServeBySelect()), Go.Start(Return())];
            case "blocking":
                return [Go.Start(ServeBlocking), Go.Start(ReturnBlocking)];
            case "lock":
                return [Go.Start(Lock()), Go.Start(Lock())];
            case "wait group":
                return [Go.Start(WaitForAChild())];
            case "result":
                return [Go.Start(AwaitAChild())];
            case "yield":
                return [Go.Start(Yield()), Go.Start(Yield())];
            default:
                throw new ArgumentException($"no such form: {form}", nameof(form));
        }

        async GoroutineBody Serve()
        {
            for (; !stop.IsOpen; turn(me))
            {
                await there.SendAsync(0);
                await back.ReceiveAsync();
            }

            there.Close();
        }

        async Task ServeInTaskAsync()
        {
            for (; !stop.IsOpen; turn(me))
            {
                await there.SendAsync(0);
                await back.ReceiveAsync();
            }

            there.Close();
        }

        async GoroutineBody ServeBySelect()
        {
            Chan<int> never = new();
            for (; !stop.IsOpen; turn(me))
            {
                await there.SendAsync(0);
                await new Select().OnReceive(back, _ => { }).OnReceive(never, _ => { }).RunAsync();
            }

            there.Close();
        }

        void ServeBlocking()
        {
            for (; !stop.IsOpen; turn(me))
            {
                there.Send(0);
                back.Receive();
            }

            there.Close();
        }

        async GoroutineBody Return()
        {
            await foreach (int ball in there)
                await back.SendAsync(ball);
        }

        void ReturnBlocking()
        {
            while (there.ReceiveOrClosed() is { HasValue: true } ball)
                back.Send(ball.Value);
        }

        async GoroutineBody Lock()
        {
            for (; !stop.IsOpen; turn(me))
            {
                await golock.LockAsync();
                await Go.Yield();
                golock.Unlock();
            }
        }

        async GoroutineBody WaitForAChild()
        {
            for (; !stop.IsOpen; turn(me))
            {
                var children = new WaitGroup();
                children.Go(() => { });
                await children.WaitAsync();
            }
        }

        async GoroutineBody AwaitAChild()
        {
            for (; !stop.IsOpen; turn(me))
                await Go.Start(() => 1);
        }

        async GoroutineBody Yield()
        {
            for (; !stop.IsOpen; turn(me))
                await Go.Yield();
        }
    }
}
