using System.Threading.Channels;
using Weft.Tests.Support;

namespace Weft.Tests.Channels.Selecting;

public sealed class SelectTests
{
    [Fact]
    public async Task WaitAsync_SeveralReady_ChoosesEachFairly()
    {
        const int Rounds = 20_000;
        const int Channels = 4;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        int[] won = new int[Channels];
        await scheduler.StartMany(1, async _ =>
        {
            Chan<int>[] channels = [.. Enumerable.Range(0, Channels).Select(_ => new Chan<int>(1))];
            var select = new Select();
            foreach (Chan<int> channel in channels)
                select.Receive(channel);
            for (int round = 0; round < Rounds; round++)
            {
                foreach (Chan<int> channel in channels)
                    channel.TrySend(round);
                won[(await select.WaitAsync()).Index]++;
            }
        }).Within();

        // Ten standard deviations of a binomial distribution.
        double expected = (double)Rounds / Channels;
        double limit = 10 * Math.Sqrt(expected * (1 - (1.0 / Channels)));
        Assert.All(won, count => Assert.InRange(count, expected - limit, expected + limit));
    }

    [Fact]
    public async Task WaitAsync_NothingReady_WaitsForTheFirst()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var numbers = new Chan<int>();
        var words = new Chan<string>();
        await scheduler.StartMany(1, async _ =>
        {
            var select = new Select();
            ReceiveCase<int> number = select.Receive(numbers);
            ReceiveCase<string> word = select.Receive(words);
            Go.Start(() => words.SendAsync("one").AsTask());
            Assert.Same(word, await select.WaitAsync());
            Assert.Equal("one", word.Value);
            Assert.True(word.HasValue);
            Go.Start(() => numbers.SendAsync(2).AsTask());
            Assert.Same(number, await select.WaitAsync());
            Assert.Equal(2, number.Value);
        }).Within();
    }

    [Fact]
    public async Task WaitAsync_Losers_LeaveNoTrace()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var a = new Chan<int>();
        var b = new Chan<int>();
        await scheduler.StartMany(1, async _ =>
        {
            var select = new Select();
            select.Receive(a);
            SendCase<int> send = select.Send(b, 7);
            Go.Start(() => a.SendAsync(1).AsTask());
            Assert.Equal(0, (await select.WaitAsync()).Index);
            Assert.False(b.TryReceive(out int _));
            Assert.False(a.TrySend(1));
            Goroutine<int> receiver = Go.Start(() => b.ReceiveAsync().AsTask());
            Assert.Same(send, await select.WaitAsync());
            Assert.Equal(7, await receiver);
        }).Within();
    }

    [Fact]
    public async Task WaitAsync_SendAndReceiveOnTheSameChannel_NeverMeetsItself()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var both = new Chan<int>();
        await scheduler.StartMany(1, async _ =>
        {
            var select = new Select();
            select.Send(both, 1);
            select.Receive(both);
            select.Receive(both);
            Assert.Null(select.TryWait());
            TimeoutCase late = select.Timeout(TimeSpan.FromMilliseconds(20));
            Assert.Same(late, await select.WaitAsync());
        }).Within();
    }

    [Fact]
    public async Task WaitAsync_TwoSelectsThatSendAndReceive_MeetEachOther()
    {
        const int Rounds = 5_000;
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var channel = new Chan<int>();
        int sent = 0, received = 0, meeting = 2;
        await scheduler.StartMany(2, async _ =>
        {
            var select = new Select();
            SendCase<int> send = select.Send(channel, 1);
            ReceiveCase<int> receive = select.Receive(channel);
            while (Volatile.Read(ref sent) + Volatile.Read(ref received) < 2 * Rounds)
            {
                SelectCase winner = await select.WaitAsync();
                Interlocked.Increment(ref winner == send ? ref sent : ref received);
                if (winner == receive)
                    Assert.Equal(1, receive.Value);
            }

            // The other one may have looked before the last was counted, and be on its way into one more wait.
            Interlocked.Decrement(ref meeting);
            while (Volatile.Read(ref meeting) > 0)
            {
                channel.TrySend(1);
                await Go.Yield();
            }
        }).Within();
        Assert.InRange(Math.Abs(sent - received), 0, 2);
    }

    [Fact]
    public async Task WaitAsync_NullChannels_AreNeverReady()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var open = new Chan<int>(1);
        await scheduler.StartMany(1, async _ =>
        {
            var select = new Select();
            ReceiveCase<int> off = select.Receive<int>(null);
            select.Send<int>(null, 1);
            Assert.Null(select.TryWait());
            off.Channel = open;
            open.TrySend(5);
            Assert.Same(off, await select.WaitAsync());
            Assert.Equal(5, off.Value);
            off.Channel = null;
            open.TrySend(6);
            Assert.Null(select.TryWait());
        }).Within();
    }

    [Fact]
    public async Task WaitAsync_ClosedChannel_IsAlwaysReadyToReceiveAndThrowsOnSend()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartMany(1, async _ =>
        {
            var closed = new Chan<int>();
            closed.Close();
            var select = new Select();
            ReceiveCase<int> receive = select.Receive(closed);
            Assert.Same(receive, await select.WaitAsync());
            Assert.False(receive.HasValue);
            var sender = new Select();
            sender.Send(closed, 1);
            ChannelClosedException thrown = await Assert.ThrowsAsync<ChannelClosedException>(async () => await sender.WaitAsync());
            Assert.Contains("send on closed channel", thrown.Message, StringComparison.Ordinal);
            Assert.Throws<ChannelClosedException>(() => sender.TryWait());
        }).Within();
    }

    [Fact]
    public async Task WaitAsync_ClosedWhileItWaits_WakesReceiversAndFailsSenders()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var toReceive = new Chan<int>();
        var toSend = new Chan<int>();
        Goroutine<bool> receiver = scheduler.Start(async () =>
        {
            var select = new Select();
            ReceiveCase<int> receive = select.Receive(toReceive);
            await select.WaitAsync();
            return receive.HasValue;
        });
        Goroutine<bool> sender = scheduler.Start(async () =>
        {
            var select = new Select();
            select.Send(toSend, 1);
            await Assert.ThrowsAsync<ChannelClosedException>(async () => await select.WaitAsync());
            return true;
        });
        await Limits.UntilParked(scheduler, 2, "both wait");
        toReceive.Close();
        toSend.Close();
        Assert.False(await receiver.Within());
        Assert.True(await sender.Within());
    }

    [Fact]
    public async Task TryWait_WhileACaseIsReadyAllTheTime_NeverTakesTheDefault()
    {
        // A value is always in one of the two channels: moved from the one to the other before it is taken away.
        const int Rounds = 50_000;
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var a = new Chan<int>(1);
        var b = new Chan<int>(1);
        a.TrySend(0);
        int defaults = 0;
        bool over = false;
        await scheduler.StartMany(2, async i =>
        {
            if (i == 0)
            {
                for (int round = 0; round < Rounds; round++)
                {
                    (Chan<int> from, Chan<int> to) = (round & 1) == 0 ? (a, b) : (b, a);
                    await to.SendAsync(round);
                    await from.ReceiveAsync();
                }

                Volatile.Write(ref over, true);
                return;
            }

            var select = new Select();
            ReceiveCase<int> fromA = select.Receive(a);
            ReceiveCase<int> fromB = select.Receive(b);
            while (!Volatile.Read(ref over))
            {
                SelectCase? winner = select.TryWait();
                if (winner is null)
                {
                    defaults++;
                    break;
                }

                // What was taken goes back where it was taken from, so that the other goroutine finds it.
                (winner == fromA ? a : b).TrySend(winner == fromA ? fromA.Value : fromB.Value);
                await Go.Yield();
            }
        }).Within();
        Assert.Equal(0, defaults);
    }

    [Fact]
    public async Task WaitAsync_TenGoroutinesOverFourChannels_LoseNothing()
    {
        const int Messages = 2_000;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 4);
        Chan<int>[] channels = [new(), new(), new(2), new(5)];
        long sent = 0, received = 0;
        int left = 5 * Messages;
        await scheduler.StartMany(10, async i =>
        {
            var select = new Select();
            if (i < 5)
            {
                SendCase<int>[] sends = [.. channels.Select(channel => select.Send(channel, 0))];
                for (int message = 1; message <= Messages; message++)
                {
                    foreach (SendCase<int> send in sends)
                        send.Value = message;
                    await select.WaitAsync();
                    Interlocked.Add(ref sent, message);
                }

                return;
            }

            foreach (Chan<int> channel in channels)
                select.Receive(channel);
            while (Interlocked.Decrement(ref left) >= 0)
                Interlocked.Add(ref received, ((ReceiveCase<int>)await select.WaitAsync()).Value);
        }).Within();
        Assert.Equal(sent, received);
    }

    [Fact]
    public async Task WaitAsync_Cancelled_ThrowsAndLeavesNoTrace()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var channel = new Chan<int>();
        using var source = new CancellationTokenSource();
        Goroutine<bool> waiter = scheduler.Start(async () =>
        {
            var select = new Select();
            ReceiveCase<int> receive = select.Receive(channel);
            OperationCanceledException thrown =
                await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await select.WaitAsync(source.Token));
            Assert.Equal(source.Token, thrown.CancellationToken);
            Assert.False(channel.TrySend(1));
            Go.Start(() => channel.SendAsync(2).AsTask());
            await select.WaitAsync();
            return receive.Value == 2;
        });
        await Limits.UntilParked(scheduler, 1, "it waits");
        await source.CancelAsync();
        Assert.True(await waiter.Within());
    }

    [Fact]
    public async Task WaitAsync_CancellationRacesASend_EitherWinsWhole()
    {
        const int Rounds = 5_000;
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        int cancelled = 0, received = 0, sent = 0;
        await scheduler.StartMany(1, async _ =>
        {
            var channel = new Chan<int>();
            for (int round = 0; round < Rounds; round++)
            {
                using var source = new CancellationTokenSource();
                Goroutine<bool> sender = Go.Start(() => channel.TrySend(1));
                Goroutine<bool> canceller = Go.Start(() =>
                {
                    source.Cancel();
                    return true;
                });
                var select = new Select();
                ReceiveCase<int> receive = select.Receive(channel);
                try
                {
                    await select.WaitAsync(source.Token);
                    received += receive.Value;
                }
                catch (OperationCanceledException)
                {
                    cancelled++;
                }

                if (await sender)
                    sent++;
                await canceller;
            }
        }).Within();
        Assert.Equal(sent, received);
        Assert.Equal(Rounds, received + cancelled);
    }

    [Fact]
    public async Task WaitAsync_Timeout_WinsWhenNothingElseDoesAndNeverComesLate()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartMany(1, async _ =>
        {
            var channel = new Chan<int>();
            var select = new Select();
            ReceiveCase<int> receive = select.Receive(channel);
            TimeoutCase late = select.Timeout(TimeSpan.FromMilliseconds(5));
            for (int round = 0; round < 5; round++)
            {
                Assert.Same(late, await select.WaitAsync());
                late.Duration = TimeSpan.FromHours(1);
                Go.Start(async () =>
                {
                    await Go.SleepAsync(TimeSpan.FromMilliseconds(10));
                    await channel.SendAsync(round);
                });
                Assert.Same(receive, await select.WaitAsync());
                late.Duration = TimeSpan.FromMilliseconds(5 - round);
            }
        }).Within();
    }

    [Fact]
    public async Task WaitAsync_TimeoutInALoop_KeepsOneTimer()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        await scheduler.StartMany(1, async _ =>
        {
            var channel = new Chan<int>();
            Go.Start(async () =>
            {
                for (int i = 0; i < 5_000; i++)
                    await channel.SendAsync(i);
            });
            var select = new Select();
            select.Receive(channel);
            select.Timeout(TimeSpan.FromHours(1));
            for (int i = 0; i < 5_000; i++)
                Assert.Equal(0, (await select.WaitAsync()).Index);
        }).Within();
        Assert.InRange(scheduler.Statistics.Timers, 0, 1);
    }

    [Fact]
    public async Task WaitAsync_Task_WinsWhenItEndsHoweverItEnds()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var ending = new TaskCompletionSource();
        await scheduler.StartMany(1, async _ =>
        {
            var channel = new Chan<int>();
            var select = new Select();
            ReceiveCase<int> receive = select.Receive(channel);
            TaskCase task = select.Task(ending.Task);
            for (int round = 0; round < 100; round++)
            {
                Go.Start(() => channel.SendAsync(round).AsTask());
                Assert.Same(receive, await select.WaitAsync());
            }

            Go.Start(() => ending.SetException(new InvalidOperationException("the task's own")));
            Assert.Same(task, await select.WaitAsync());
            Assert.Same(task, await select.WaitAsync());
            Assert.True(task.Task!.IsFaulted);
        }).Within();
    }

    [Fact]
    public async Task WaitAsync_OutsideGoroutines_Works()
    {
        var channel = new Chan<int>();
        var select = new Select();
        ReceiveCase<int> receive = select.Receive(channel);
        for (int round = 0; round < 100; round++)
        {
            ValueTask<SelectCase> waiting = select.WaitAsync();
            Assert.True(channel.TrySend(round));
            Assert.Same(receive, await waiting);
            Assert.Equal(round, receive.Value);
        }
    }

    [Fact]
    public async Task WaitAsync_WhileItWaits_RefusesChangesAndASecondWait()
    {
        var channel = new Chan<int>();
        var select = new Select();
        ReceiveCase<int> receive = select.Receive(channel);
        SendCase<int> send = select.Send(new Chan<int>(), 1);
        Task<SelectCase> waiting = select.WaitAsync().AsTask();
        Assert.Throws<InvalidOperationException>(() => receive.Channel = null);
        Assert.Throws<InvalidOperationException>(() => send.Value = 2);
        Assert.Throws<InvalidOperationException>(() => select.Receive(channel));
        Assert.Throws<InvalidOperationException>(() => select.TryWait());
        channel.TrySend(1);
        await waiting;
        Assert.Equal(1, send.Value);
        receive.Channel = null;
    }

    [Fact]
    public async Task RunAsync_WithHandlers_CallsTheWinnersOnly()
    {
        var numbers = new Chan<int>(1);
        int got = 0;
        int index = await new Select().OnReceive(numbers, n => got = n).OnDefault(() => got = -1).RunAsync();
        Assert.Equal((-1, -1), (index, got));
        numbers.TrySend(5);
        index = await new Select().OnReceive(numbers, n => got = n).OnDefault(() => got = -1).RunAsync();
        Assert.Equal((0, 5), (index, got));
        index = await new Select().OnReceive(numbers, n => got = n).OnTimeout(TimeSpan.FromMilliseconds(1), () => got = 9).RunAsync();
        Assert.Equal((1, 9), (index, got));
    }
}
