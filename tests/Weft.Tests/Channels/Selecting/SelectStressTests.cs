using Weft.Tests.Support;

namespace Weft.Tests.Channels.Selecting;

/// <summary>What Go's own tests of select make sure of.</summary>
public sealed class SelectStressTests
{
    // Ten standard deviations: a fair choice misses it once in 10^23 runs.
    private const double Deviations = 10;

    private static void AssertFair(int won, int of, double probability)
    {
        double expected = of * probability;
        double limit = Deviations * Math.Sqrt(expected * (1 - probability));
        Assert.InRange(won, expected - limit, expected + limit);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task WaitAsync_TwoChannelsThatOthersKeepReady_ChoosesEachFairly(int procs)
    {
        // Both channels are always ready: each holds more values than one goroutine can take before the other side refills it.
        const int Trials = 10_000;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs);
        var a = new Chan<int>(Trials + 1);
        var b = new Chan<int>(Trials + 1);
        for (int i = 0; i <= Trials; i++)
        {
            a.TrySend(1);
            b.TrySend(2);
        }

        var outA = new Chan<int>();
        var outB = new Chan<int>();
        int[] won = new int[2];
        await scheduler.StartChecked(async () =>
        {
            Goroutine<bool> chooser = Go.Start(async () =>
            {
                // Receives from either and sends the value on where it belongs, in selects too.
                var input = new Select();
                ReceiveCase<int> fromA = input.Receive(a);
                ReceiveCase<int> fromB = input.Receive(b);
                var output = new Select();
                SendCase<int> toA = output.Send(outA);
                SendCase<int> toB = output.Send(outB);
                for (int i = 0; i < Trials; i++)
                {
                    bool isA = await input.WaitAsync() == fromA;
                    toA.Channel = isA ? outA : null;
                    toB.Channel = isA ? null : outB;
                    toA.Value = toB.Value = isA ? fromA.Value : fromB.Value;
                    Assert.Same(isA ? toA : toB, await output.WaitAsync());
                }

                return true;
            });
            var results = new Select();
            ReceiveCase<int> resultA = results.Receive(outA);
            ReceiveCase<int> resultB = results.Receive(outB);
            for (int i = 0; i < Trials; i++)
            {
                bool isA = await results.WaitAsync() == resultA;
                Assert.Equal(isA ? 1 : 2, isA ? resultA.Value : resultB.Value);
                won[isA ? 0 : 1]++;
            }

            await chooser;
        }).Within();
        Assert.Equal(Trials, won[0] + won[1]);
        AssertFair(won[0], Trials, 0.5);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(10)]
    public async Task WaitAsync_TwoSendsToTheSameChannel_ChoosesEachFairly(int capacity)
    {
        // Whether a send is possible at once, or the receiver takes it from the channel's queue, where both are.
        const int Trials = 10_000;
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var channel = new Chan<int>(capacity);
        Goroutine<bool> sender = scheduler.StartChecked(async () =>
        {
            var select = new Select();
            select.Send(channel, 0);
            select.Send(channel, 1);
            for (int i = 0; i < Trials; i++)
                await select.WaitAsync();
        });
        int ones = 0;
        await scheduler.StartChecked(async () =>
        {
            for (int i = 0; i < Trials; i++)
                ones += await channel.ReceiveAsync();
        }).Within();
        await sender.Within();
        AssertFair(ones, Trials, 0.5);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public async Task WaitAsync_ManySelectsThatSendAndReceive_NeverGetTheirOwn(int capacity)
    {
        const int Goroutines = 4;
        const int Rounds = 5_000;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 4);
        var channel = new Chan<int>(capacity);
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        long sent = 0, received = 0;
        await scheduler.StartMany(Goroutines, async me =>
        {
            var select = new Select();
            SendCase<int> send = select.Send(channel, me + 1);
            select.Receive(channel);
            if (me % 2 == 0)
                select.Receive(channel);

            // An end for those that nobody meets any more.
            TaskCase over = select.Task(enough.Task);
            while (true)
            {
                SelectCase winner = await select.WaitAsync();
                if (winner == over)
                    return;
                if (winner == send)
                {
                    if (Interlocked.Increment(ref sent) == Rounds)
                        enough.SetResult();
                    continue;
                }

                Interlocked.Increment(ref received);
                if (capacity == 0)
                    Assert.NotEqual(me + 1, ((ReceiveCase<int>)winner).Value);
            }
        }).Within();
        Assert.Equal(sent, received + channel.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task WaitAsync_TenGoroutinesOverFourChannels_PassEachValueOnce(int procs)
    {
        // Four send to one channel each, four receive from one each, one sends to all, one receives from all;
        // who is done with a channel switches its case off.
        const int Channels = 4;
        const int Each = 2_000;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs);
        Chan<int>[] channels = [new(), new(), new(2), new(3)];
        int[] seen = new int[2 * Channels * Each];
        async Task SendAsync(int i)
        {
            for (int value = 0; value < Each; value++)
                await channels[i].SendAsync((i * Each) + value);
        }

        async Task ReceiveAsync(int i)
        {
            for (int count = 0; count < Each; count++)
                Interlocked.Increment(ref seen[await channels[i].ReceiveAsync()]);
        }

        async Task SendToAllAsync()
        {
            var select = new Select();
            SendCase<int>[] sends = [.. channels.Select((channel, i) => select.Send(channel, (Channels + i) * Each))];
            for (int sent = 0; sent < Channels * Each; sent++)
            {
                var winner = (SendCase<int>)await select.WaitAsync();
                if (++winner.Value % Each == 0)
                    winner.Channel = null;
            }

            Assert.All(sends, send => Assert.Null(send.Channel));
        }

        async Task ReceiveFromAllAsync()
        {
            var select = new Select();
            int[] counts = new int[Channels];
            foreach (Chan<int> channel in channels)
                select.Receive(channel);
            for (int received = 0; received < Channels * Each; received++)
            {
                var winner = (ReceiveCase<int>)await select.WaitAsync();
                Interlocked.Increment(ref seen[winner.Value]);
                if (++counts[winner.Index] == Each)
                    winner.Channel = null;
            }

            Assert.All(counts, count => Assert.Equal(Each, count));
        }

        Goroutine<bool>[] all =
        [
            .. scheduler.StartMany(Channels, SendAsync),
            .. scheduler.StartMany(Channels, ReceiveAsync),
            scheduler.StartChecked(SendToAllAsync),
            scheduler.StartChecked(ReceiveFromAllAsync),
        ];
        await all.Within();
        Assert.All(seen, count => Assert.Equal(1, count));
        Assert.All(channels, channel => Assert.Equal(0, channel.Count));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TryWait_TheOtherChannelBecomesReadyFirst_NeverTakesTheDefault(bool byClosing)
    {
        // The first channel is ready until it is emptied, and by then the second is.
        const int Rounds = 20_000;
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        int defaults = 0;
        await scheduler.StartChecked(async () =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                var first = new Chan<int>(1);
                var second = new Chan<int>(1);
                first.TrySend(1);
                Goroutine<bool> chooser = Go.Start(() =>
                {
                    var select = new Select();
                    select.Receive(first);
                    select.Receive(second);
                    return select.TryWait() is not null;
                });
                if (byClosing)
                    second.Close();
                else
                    second.TrySend(1);
                first.TryReceive(out int _);
                if (!await chooser)
                    defaults++;
            }
        }).Within();
        Assert.Equal(0, defaults);
    }

    [Fact]
    public async Task WaitAsync_TheSameChannelTwiceAndAnotherWins_LeavesNothingInItsQueue()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var twice = new Chan<int>();
        var other = new Chan<int>();
        await scheduler.StartChecked(async () =>
        {
            for (int round = 0; round < 1_000; round++)
            {
                Goroutine<int> selecting = Go.Start(async () =>
                {
                    var select = new Select();
                    select.Receive(twice);
                    select.Receive(twice);
                    ReceiveCase<int> winner = select.Receive(other);
                    Assert.Same(winner, await select.WaitAsync());
                    return winner.Value;
                });
                await Go.Yield();
                await other.SendAsync(round);
                Goroutine<int> receiving = Go.Start(() => twice.ReceiveAsync().AsTask());
                Assert.Equal(round, await selecting);
                await twice.SendAsync(round + 1);
                Assert.Equal(round + 1, await receiving);
            }
        }).Within();
        Assert.Equal((0, 0), ChanQueues.Lengths(twice));
    }

    [Fact]
    public async Task WaitAsync_AsManyCasesAsThereMayBe_FindsTheOneThatIsReady()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            Chan<int>[] channels = [.. Enumerable.Range(0, Select.MaxCases - 1).Select(_ => new Chan<int>())];
            var select = new Select();
            foreach (Chan<int> channel in channels)
                select.Receive(channel);
            select.Send<int>(null, 0);
            Assert.Contains(
                "65536", Assert.Throws<InvalidOperationException>(() => select.Receive(channels[0])).Message, StringComparison.Ordinal);
            foreach (int index in (int[])[0, channels.Length / 2, channels.Length - 1])
            {
                Goroutine<bool> sender = Go.Start(async () =>
                {
                    await channels[index].SendAsync(index);
                    return true;
                });
                var winner = (ReceiveCase<int>)await select.WaitAsync();
                Assert.Equal((index, index), (winner.Index, winner.Value));
                await sender;
            }

            Assert.Null(select.TryWait());
            Assert.All(channels, channel => Assert.False(ChanQueues.AnyOpen(channel)));
        }).Within();
    }

    [Theory]
    [InlineData("reused")]
    [InlineData("an expression")]
    [InlineData("with a timeout")]
    [InlineData("with a token")]
    public async Task WaitAsync_InALoopOverALongLivedChannel_KeepsNothing(string kind)
    {
        const int Rounds = 20_000;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        var quiet = new Chan<int>();
        using var source = new CancellationTokenSource();
        await scheduler.StartChecked(async () =>
        {
            var busy = new Chan<int>();
            Goroutine sender = Go.Start(async () =>
            {
                for (int i = 0; i < 2 * Rounds; i++)
                    await busy.SendAsync(i);
            });
            var reused = new Select();
            reused.Receive(quiet);
            reused.Receive(busy);
            long before = 0;
            for (int i = 0; i < 2 * Rounds; i++)
            {
                if (i == Rounds)
                    before = GC.GetTotalMemory(forceFullCollection: true);
                int index = kind switch
                {
                    "reused" => (await reused.WaitAsync()).Index,
                    "an expression" => await new Select().OnReceive(quiet, _ => { }).OnReceive(busy, _ => { }).RunAsync(),
                    "with a timeout" => await new Select().OnReceive(quiet, _ => { })
                        .OnReceive(busy, _ => { }).OnTimeout(Limits.Hang).RunAsync(),
                    _ => await new Select().OnReceive(quiet, _ => { }).OnReceive(busy, _ => { }).RunAsync(source.Token),
                };
                Assert.Equal(1, index);
            }

            // Of 20,000 waits none keeps even a byte; collections leave some 10,000 bytes more or less.
            Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, Rounds);
            await sender.Completion;
        }).Within();
        Assert.Equal((0, 0), ChanQueues.Lengths(quiet));
        Assert.InRange(scheduler.Statistics.Timers, 0, 100);
    }
}
