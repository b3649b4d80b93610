using System.Threading.Channels;
using Weft.Tests.Support;

namespace Weft.Tests.Channels;

public sealed class ChanTests
{
    [Fact]
    public async Task SendAsync_Unbuffered_EndsWhenTheValueWasReceived()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        await scheduler.StartMany(1, async _ =>
        {
            var channel = new Chan<string>();
            Assert.Equal(0, channel.Capacity);
            Task sending = channel.SendAsync("a").AsTask();
            await Go.Yield();
            Assert.False(sending.IsCompleted);
            Assert.Equal(0, channel.Count);
            Assert.Equal("a", await channel.ReceiveAsync());
            await sending;
        }).Within();
    }

    [Fact]
    public async Task SendAsync_Buffered_WaitsOnlyWhenFull()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartMany(1, async _ =>
        {
            var channel = new Chan<int>(2);
            await channel.SendAsync(1);
            await channel.SendAsync(2);
            Assert.Equal(2, channel.Count);
            Assert.False(channel.TrySend(9));
            Task third = channel.SendAsync(3).AsTask();
            Assert.False(third.IsCompleted);
            for (int expected = 1; expected <= 3; expected++)
                Assert.Equal(expected, await channel.ReceiveAsync());
            await third;
            Assert.False(channel.TryReceive(out int none));
            Assert.Equal(0, none);
        }).Within();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task ReceiveAsync_SeveralWait_FirstComeFirstServed(int capacity)
    {
        const int Waiters = 20;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        var channel = new Chan<int>(capacity);
        int[] got = new int[Waiters];
        Goroutine<bool>[] waiters = new Goroutine<bool>[Waiters];
        for (int i = 0; i < Waiters; i++)
        {
            int me = i;
            waiters[i] = scheduler.Start(async () =>
            {
                got[me] = await channel.ReceiveAsync();
                return true;
            });
            await Limits.UntilParked(scheduler, me + 1, "it waits");
        }

        for (int i = 0; i < Waiters; i++)
            Assert.True(channel.TrySend(i + 100));
        foreach (Goroutine<bool> waiter in waiters)
            await waiter.Within();
        Assert.Equal(Enumerable.Range(100, Waiters), got);
    }

    [Fact]
    public async Task Close_ReceiversWait_WakesAllWithTheDefault()
    {
        const int Waiters = 50;
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var channel = new Chan<int>();
        Goroutine<Received<int>>[] waiters = [.. Enumerable.Range(0, Waiters)
            .Select(_ => scheduler.Start(() => channel.ReceiveOrClosedAsync().AsTask()))];
        await Limits.UntilParked(scheduler, Waiters, "all wait");
        channel.Close();
        foreach (Goroutine<Received<int>> waiter in waiters)
            Assert.Equal(new Received<int>(0, false), await waiter.Within());
        Assert.True(channel.IsClosed);
        Assert.Equal(0, await channel.ReceiveAsync());
    }

    [Fact]
    public async Task Close_SendersWait_FailsThemAndKeepsWhatIsBuffered()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var channel = new Chan<int>(1);
        Assert.True(channel.TrySend(1));
        Goroutine<bool> sender = scheduler.Start(async () =>
        {
            await channel.SendAsync(2);
            return true;
        });
        await Limits.UntilParked(scheduler, 1, "it waits");
        channel.Close();
        ChannelClosedException thrown = await Assert.ThrowsAsync<ChannelClosedException>(() => sender.Within());
        Assert.Contains("send on closed channel", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(new Received<int>(1, true), channel.ReceiveOrClosed());
        Assert.Equal(new Received<int>(0, false), channel.ReceiveOrClosed());
    }

    [Fact]
    public async Task Operations_OnAClosedChannel_NameThemselves()
    {
        var channel = new Chan<int>();
        channel.Close();
        Assert.Contains("close of closed channel", Assert.Throws<ChannelClosedException>(channel.Close).Message, StringComparison.Ordinal);
        Assert.Contains(
            "send on closed channel", Assert.Throws<ChannelClosedException>(() => channel.TrySend(1)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "send on closed channel", Assert.Throws<ChannelClosedException>(() => channel.Send(1)).Message, StringComparison.Ordinal);
        ChannelClosedException thrown = await Assert.ThrowsAsync<ChannelClosedException>(async () => await channel.SendAsync(1));
        Assert.Contains("send on closed channel", thrown.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>("capacity", () => new Chan<int>(-1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task AwaitForeach_UntilClosed_SeesEachValueOnce(int capacity)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartMany(1, async _ =>
        {
            var channel = new Chan<int>(capacity);
            Go.Start(async () =>
            {
                for (int i = 0; i < 1_000; i++)
                    await channel.SendAsync(i);
                channel.Close();
            });
            int expected = 0;
            await foreach (int value in channel)
                Assert.Equal(expected++, value);
            Assert.Equal(1_000, expected);
        }).Within();
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 4)]
    [InlineData(1, 2)]
    [InlineData(3, 2)]
    [InlineData(10, 4)]
    [InlineData(64, 1)]
    [InlineData(200, 2)]
    public async Task SendAndReceive_ManyOfBoth_LoseNothing(int capacity, int procs)
    {
        const int Each = 2_000;
        const int Pairs = 8;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs);
        var channel = new Chan<int>(capacity);
        int[] seen = new int[Pairs * Each];
        int open = Pairs;
        await scheduler.StartMany(2 * Pairs, async i =>
        {
            if (i < Pairs)
            {
                for (int value = 0; value < Each; value++)
                    await channel.SendAsync((i * Each) + value);
                if (Interlocked.Decrement(ref open) == 0)
                    channel.Close();
                return;
            }

            while (true)
            {
                (int value, bool ok) = await channel.ReceiveOrClosedAsync();
                if (!ok)
                    return;
                Interlocked.Increment(ref seen[value]);
            }
        }).Within();
        Assert.All(seen, count => Assert.Equal(1, count));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public async Task BlockingOperations_InGoroutinesAndThreads_LoseNothing(int capacity)
    {
        const int Each = 500;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 2);
        var channel = new Chan<int>(capacity);
        Goroutine<bool>[] senders = scheduler.StartMany(4, _ =>
        {
            for (int value = 1; value <= Each; value++)
                channel.Send(value);
        });
        long sum = 0;
        Task receiving = Task.Factory.StartNew(
            () =>
            {
                for (int i = 0; i < 4 * Each; i++)
                    sum += channel.Receive();
            },
            default,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        foreach (Goroutine<bool> sender in senders)
            await sender.Within();
        await receiving;
        Assert.Equal(4L * Each * (Each + 1) / 2, sum);
    }

    [Fact]
    public async Task Operations_Cancelled_LeaveNoTrace()
    {
        using var source = new CancellationTokenSource();
        var channel = new Chan<int>();
        Task<int> receive = channel.ReceiveAsync(source.Token).AsTask();
        await source.CancelAsync();
        OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receive);
        Assert.Equal(source.Token, thrown.CancellationToken);
        Assert.False(channel.TrySend(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await channel.SendAsync(1, source.Token));
        Assert.Throws<OperationCanceledException>(() => channel.Receive(source.Token));

        using var later = new CancellationTokenSource();
        Task send = channel.SendAsync(1, later.Token).AsTask();
        await later.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => send);
        Assert.False(channel.TryReceive(out int _));

        using var blocking = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
        Assert.Throws<OperationCanceledException>(() => channel.Send(1, blocking.Token));
        Assert.False(channel.TryReceive(out int _));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task ReceiveAsync_CancellationRacesASend_EitherWinsWhole(int procs)
    {
        const int Rounds = 20_000;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs);
        int received = 0, cancelled = 0, sent = 0;
        await scheduler.StartMany(1, async _ =>
        {
            var channel = new Chan<int>();
            var sources = new Chan<CancellationTokenSource>();
            var turns = new Chan<bool>();
            Goroutine<bool> sender = Go.Start(async () =>
            {
                await foreach (bool _ in turns)
                {
                    if (channel.TrySend(1))
                        sent++;
                    else if (channel.TrySend(1))
                        sent++;
                }

                return true;
            });
            Goroutine<bool> canceller = Go.Start(async () =>
            {
                await foreach (CancellationTokenSource source in sources)
                    source.Cancel();
                return true;
            });
            for (int round = 0; round < Rounds; round++)
            {
                var source = new CancellationTokenSource();
                ReceiveAwaitable<int> receiving = channel.ReceiveAsync(source.Token);
                await sources.SendAsync(source);
                await turns.SendAsync(true);
                try
                {
                    received += await receiving;
                }
                catch (OperationCanceledException)
                {
                    cancelled++;
                }
            }

            sources.Close();
            turns.Close();
            await sender;
            await canceller;
        }).Within();
        Assert.Equal(sent, received);
        Assert.Equal(Rounds, received + cancelled);
    }

    [Fact]
    public async Task Close_RacesSendAndReceive_EveryValueIsReceivedOrItsSendFails()
    {
        const int Rounds = 3_000;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 4);
        await scheduler.StartMany(1, async _ =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                var channel = new Chan<int>(round % 3);
                Goroutine<int> sender = Go.Start(async () =>
                {
                    int sent = 0;
                    try
                    {
                        for (; sent < 5; sent++)
                            await channel.SendAsync(sent);
                    }
                    catch (ChannelClosedException)
                    {
                    }

                    return sent;
                });
                Goroutine<bool> closer = Go.Start(() =>
                {
                    channel.Close();
                    return true;
                });
                int received = 0;
                await foreach (int value in channel)
                    Assert.Equal(received++, value);
                Assert.Equal(await sender, received);
                await closer;
            }
        }).Within();
    }

    [Fact]
    public async Task Chain_OfAHundredThousandGoroutines_PassesAValueThroughAndEnds()
    {
        const int Length = 100_000;
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Goroutine<int> end = scheduler.Start(async () =>
        {
            var first = new Chan<int>();
            Chan<int> last = first;
            for (int i = 0; i < Length; i++)
            {
                (Chan<int> from, Chan<int> to) = (last, new Chan<int>());
                Go.Start(async () => await to.SendAsync(await from.ReceiveAsync() + 1));
                last = to;
            }

            await first.SendAsync(0);
            return await last.ReceiveAsync();
        });
        Assert.Equal(Length, await end.Within());
    }

    [Fact]
    public async Task Operations_AfterConfigureAwaitFalse_WorkFromThePool()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var there = new Chan<int>();
        var back = new Chan<int>();
        Goroutine<bool> echo = scheduler.Start(async () =>
        {
            while (Go.Current is not null)
                await Task.Delay(1).ConfigureAwait(false); // on a busy machine it may be over before it is awaited
            Assert.Null(Go.Current);
            await foreach (int value in there)
                await back.SendAsync(value).ConfigureAwait(false);
            return true;
        });
        for (int i = 0; i < 200; i++)
        {
            await there.SendAsync(i);
            Assert.Equal(i, await back.ReceiveAsync());
        }

        there.Close();
        Assert.True(await echo.Within());
    }

    [Fact]
    public async Task ReceiveAsync_StartedByAGoroutine_CanBeAwaitedByAThreadOutside()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var channel = new Chan<int>();
        for (int round = 0; round < 200; round++)
        {
            ValueTask<int> receiving = await scheduler.Start(() => Task.FromResult<ValueTask<int>[]>([channel.ReceiveAsync()])) switch
            {
                [ValueTask<int> one] => one,
                _ => throw new InvalidOperationException(),
            };
            Task<int> outside = Task.Run(async () => await receiving);
            Assert.True(channel.TrySend(round));
            Assert.Equal(round, await outside);
        }
    }

    [Fact]
    public async Task ReceiveAsync_CompletedBeforeItIsAwaited_GivesItsValue()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 2);
        await scheduler.StartMany(1, async _ =>
        {
            var channel = new Chan<int>();
            for (int round = 0; round < 2_000; round++)
            {
                ReceiveAwaitable<int> receiving = channel.ReceiveAsync();
                Assert.True(channel.TrySend(round));
                if (round % 2 == 0)
                    await Go.Yield();
                Assert.Equal(round, await receiving);
            }
        }).Within();
    }

    [Fact]
    public async Task ReceiveAsync_AwaitedTwice_IsRefused()
    {
        var channel = new Chan<int>();
        ValueTask<int> receiving = channel.ReceiveAsync();
        channel.TrySend(1);
        Assert.Equal(1, await receiving);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await receiving);
    }

    [Fact]
    public void Chan_IdleAndUnbuffered_IsSmall()
    {
        const int Count = 10_000;
        var kept = new Chan<int>[Count];
        _ = new Chan<int>();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Count; i++)
            kept[i] = new Chan<int>();
        long each = (GC.GetAllocatedBytesForCurrentThread() - before) / Count;
        GC.KeepAlive(kept);
        Assert.InRange(each, 1, 96);
    }

    [Fact]
    public async Task Operations_ThatAlwaysCompleteAtOnce_GiveOthersATurn()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        bool hadItsTurn = false;
        await scheduler.StartMany(1, async _ =>
        {
            var channel = new Chan<int>(1);
            Go.Start(() => { hadItsTurn = true; });
            for (int i = 0; i < 1_000; i++)
            {
                await channel.SendAsync(i);
                Assert.Equal(i, await channel.ReceiveAsync());
            }

            Assert.True(hadItsTurn);
        }).Within();
    }
}
