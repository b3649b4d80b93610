using System.Threading.Channels;
using Weft.Tests.Support;

namespace Weft.Tests.Channels;

public sealed class ChanStressTests
{
    private const int MaxCapacity = 200;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task SendAndReceive_ManyOfBothAtEveryCapacity_LoseNothing(int procs)
    {
        const int Pairs = 4;
        const int Each = 150;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs);
        await scheduler.StartChecked(async () =>
        {
            for (int capacity = 0; capacity <= MaxCapacity; capacity++)
            {
                var channel = new Chan<int>(capacity);
                int[] seen = new int[Pairs * Each];
                Goroutine<bool>[] senders = scheduler.StartMany(Pairs, async i =>
                {
                    for (int value = 0; value < Each; value++)
                        await channel.SendAsync((i * Each) + value);
                });
                Goroutine<bool>[] receivers = scheduler.StartMany(Pairs, async _ =>
                {
                    await foreach (int value in channel)
                        Interlocked.Increment(ref seen[value]);
                });
                foreach (Goroutine<bool> sender in senders)
                    await sender;
                channel.Close();
                foreach (Goroutine<bool> receiver in receivers)
                    await receiver;
                Assert.All(seen, count => Assert.Equal(1, count));
                Assert.Equal(0, channel.Count);
            }
        }).Within();
    }

    [Fact]
    public async Task SendAndReceive_FromEverywhereAtOnce_LoseNothing()
    {
        const int Each = 1_000;
        const int Places = 4;
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        foreach (int capacity in (int[])[0, 1, 7])
        {
            var channel = new Chan<int>(capacity);
            int[] seen = new int[Places * Each];
            async Task SendAsync(int place)
            {
                for (int i = 0; i < Each; i++)
                    await channel.SendAsync((place * Each) + i).ConfigureAwait(place != 1);
            }

            async Task ReceiveAsync(bool keepsContext)
            {
                while (true)
                {
                    (int value, bool ok) = await channel.ReceiveOrClosedAsync().ConfigureAwait(keepsContext);
                    if (!ok)
                        return;
                    Interlocked.Increment(ref seen[value]);
                }
            }

            void Send(int place)
            {
                for (int i = 0; i < Each; i++)
                    channel.Send((place * Each) + i);
            }

            void Receive()
            {
                while (channel.ReceiveOrClosed() is (int value, true))
                    Interlocked.Increment(ref seen[value]);
            }

            Task[] senders =
            [
                scheduler.StartChecked(() => SendAsync(0)).Task,
                scheduler.StartChecked(() => SendAsync(1)).Task,
                Task.Run(() => SendAsync(2)),
                Task.Factory.StartNew(() => Send(3), default, TaskCreationOptions.LongRunning, TaskScheduler.Default),
            ];
            Task[] receivers =
            [
                scheduler.StartChecked(() => ReceiveAsync(true)).Task,
                scheduler.StartChecked(() => ReceiveAsync(false)).Task,
                scheduler.StartChecked(Receive).Task,
                Task.Run(() => ReceiveAsync(true)),
                Task.Factory.StartNew(Receive, default, TaskCreationOptions.LongRunning, TaskScheduler.Default),
            ];
            await Task.WhenAll(senders).Within(scheduler);
            channel.Close();
            await Task.WhenAll(receivers).Within(scheduler);
            Assert.All(seen, count => Assert.Equal(1, count));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(10)]
    public async Task SendAndReceive_OneOfEach_KeepTheOrder(int capacity)
    {
        const int Count = 20_000;
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var channel = new Chan<int>(capacity);
        Goroutine<bool> sender = scheduler.StartChecked(async () =>
        {
            for (int i = 0; i < Count; i++)
            {
                if (i % 3 == 0)
                    channel.Send(i);
                else
                    await channel.SendAsync(i);
            }

            channel.Close();
        });
        await scheduler.StartChecked(async () =>
        {
            for (int i = 0; i < Count; i++)
                Assert.Equal(i, i % 5 == 0 ? channel.Receive() : await channel.ReceiveAsync());
            Assert.False(channel.ReceiveOrClosed().HasValue);
        }).Within();
        await sender.Within();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task Count_FullWithSendersWaiting_NeverShowsTheRoomThatAReceiveMakesForTheNext(int capacity)
    {
        const int Values = 100_000;
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var channel = new Chan<int>(capacity);
        Task[] sending = [.. Enumerable.Range(0, Values).Select(i => channel.SendAsync(i).AsTask())];
        int least = int.MaxValue;
        bool isOver = false;
        using var looking = new Gate();
        Task looker = Task.Run(() =>
        {
            while (!Volatile.Read(ref isOver))
            {
                least = Math.Min(least, channel.Count);
                looking.Open();
            }
        });
        looking.Wait();

        // The last ones leave the buffer without anybody to take their room.
        for (int i = 0; i < Values - capacity; i++)
            Assert.Equal(i, channel.Receive());
        Volatile.Write(ref isOver, true);
        await looker.Within(scheduler);
        Assert.Equal(capacity, least);
        await Task.WhenAll(sending).Within(scheduler);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Close_RacesSelectsAndBlockingOperations_EveryValueIsReceivedOrItsSendFails(int capacity)
    {
        const int Rounds = 300;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 4);
        await scheduler.StartChecked(async () =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                var channel = new Chan<int>(capacity);
                int sent = 0, received = 0;
                async Task SelectSendAsync()
                {
                    var select = new Select();
                    select.Send(channel, 1);
                    try
                    {
                        while (true)
                        {
                            await select.WaitAsync();
                            Interlocked.Increment(ref sent);
                        }
                    }
                    catch (ChannelClosedException)
                    {
                    }
                }

                void Send()
                {
                    try
                    {
                        while (true)
                        {
                            channel.Send(1);
                            Interlocked.Increment(ref sent);
                        }
                    }
                    catch (ChannelClosedException)
                    {
                    }
                }

                async Task SelectReceiveAsync()
                {
                    var select = new Select();
                    ReceiveCase<int> receive = select.Receive(channel);
                    while (await select.WaitAsync() == receive && receive.HasValue)
                        Interlocked.Add(ref received, receive.Value);
                }

                void Receive()
                {
                    while (channel.ReceiveOrClosed() is (int value, true))
                        Interlocked.Add(ref received, value);
                }

                Goroutine<bool>[] all =
                [
                    scheduler.StartChecked(SelectSendAsync),
                    scheduler.StartChecked(SelectReceiveAsync),
                    scheduler.StartChecked(Send),
                    scheduler.StartChecked(Receive),
                ];
                if (round % 2 == 0)
                    await Go.Yield();
                channel.Close();
                foreach (Goroutine<bool> each in all)
                    await each;
                Assert.Equal(sent, received);
            }
        }).Within();
    }

    [Theory]
    [InlineData("close")]
    [InlineData("cancel")]
    public async Task Chain_OfAHundredThousandGoroutines_IsTornDown(string how)
    {
        const int Length = 100_000;
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        using var source = new CancellationTokenSource();
        var first = new Chan<int>();
        await scheduler.StartChecked(async () =>
        {
            Chan<int> last = first;
            for (int i = 0; i < Length; i++)
            {
                (Chan<int> from, Chan<int> to) = (last, new Chan<int>());
                Go.Start(async () =>
                {
                    try
                    {
                        await foreach (int value in from.WithCancellation(source.Token))
                            await to.SendAsync(value + 1, source.Token);
                        to.Close();
                    }
                    catch (OperationCanceledException)
                    {
                    }
                });
                last = to;
            }

            await first.SendAsync(0);
            Assert.Equal(Length, await last.ReceiveAsync());
            if (how == "close")
            {
                first.Close();
                Assert.False((await last.ReceiveOrClosedAsync()).HasValue);
            }
            else
            {
                source.Cancel();
            }
        }).Within();
        await Limits.Until(() => scheduler.Statistics.GoroutinesAlive == 0, "all have ended", scheduler);
        if (how == "cancel")
            Assert.False(first.TrySend(1), "A receiver that was cancelled is still in the queue.");
    }
}
