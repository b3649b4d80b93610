using System.Threading.Channels;
using Weft.Tests.Support;

namespace Weft.Tests.Channels;

/// <summary>Channels and selects together with what the base class library has for the same purposes.</summary>
public sealed class ChanInteropTests
{
    [Fact]
    public async Task Select_OverSemaphoreTimerChannelAndChan_MeetsEach()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            const int Each = 20;
            Goroutine? self = Go.Current;
            using var semaphore = new SemaphoreSlim(0);
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
            Channel<int> library = Channel.CreateUnbounded<int>();
            var chan = new Chan<int>();
            Go.Start(async () =>
            {
                for (int i = 0; i < Each; i++)
                {
                    await chan.SendAsync(i);
                    semaphore.Release();
                    await library.Writer.WriteAsync(i);
                }
            });
            var select = new Select();
            ReceiveCase<int> received = select.Receive(chan);
            TaskCase entered = select.Task(semaphore.WaitAsync());
            TaskCase ticked = select.Task(timer.WaitForNextTickAsync().AsTask());
            TaskCase read = select.Task(library.Reader.ReadAsync().AsTask());
            int[] counts = new int[4];
            while (counts[received.Index] < Each || counts[entered.Index] < Each || counts[read.Index] < Each || counts[ticked.Index] == 0)
            {
                SelectCase winner = await select.WaitAsync();
                Assert.Same(self, Go.Current);
                int count = counts[winner.Index]++;
                if (winner == received)
                {
                    Assert.Equal(count, received.Value);
                }
                else if (winner == entered)
                {
                    entered.Task = semaphore.WaitAsync();
                }
                else if (winner == read)
                {
                    Assert.Equal(count, await (Task<int>)read.Task!);
                    read.Task = library.Reader.ReadAsync().AsTask();
                }
                else
                {
                    Assert.True(await (Task<bool>)ticked.Task!);
                    ticked.Task = timer.WaitForNextTickAsync().AsTask();
                }
            }

            Assert.Equal(0, semaphore.CurrentCount);
        }).Within();
    }

    [Fact]
    public async Task Operations_TokenOfATimeProvider_AreCancelledWhenItSaysSo()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            var channel = new Chan<int>();
            Goroutine? self = Go.Current;
            Func<CancellationToken, Task>[] operations =
            [
                async token => await channel.ReceiveAsync(token),
                async token => await channel.SendAsync(1, token),
                async token => await channel.GetAsyncEnumerator(token).MoveNextAsync(),
                async token => await new Select().OnReceive(channel, _ => { }).RunAsync(token),
                token =>
                {
                    channel.Receive(token);
                    return Task.CompletedTask;
                },
            ];
            foreach (Func<CancellationToken, Task> operation in operations)
            {
                using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(5), TimeProvider.System);
                var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => operation(source.Token));
                Assert.Equal(source.Token, thrown.CancellationToken);
                Assert.Same(self, Go.Current);
            }

            Assert.False(ChanQueues.AnyOpen(channel));
        }).Within();
    }

    [Fact]
    public async Task Pipeline_OfChansAndChannels_PassesEachValueInOrder()
    {
        const int Count = 5_000;
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        using var semaphore = new SemaphoreSlim(4);
        var first = new Chan<int>();
        Channel<int> second = Channel.CreateBounded<int>(4);
        Channel<int> third = new Chan<int>(4).AsChannel();
        Goroutine<bool>[] stages =
        [
            scheduler.StartChecked(async () =>
            {
                for (int i = 0; i < Count; i++)
                {
                    await semaphore.WaitAsync();
                    await first.SendAsync(i);
                }

                first.Close();
            }),
            scheduler.StartChecked(async () =>
            {
                await foreach (int value in first)
                    await second.Writer.WriteAsync(value);
                second.Writer.Complete();
            }),
            scheduler.StartChecked(async () =>
            {
                await foreach (int value in second.Reader.ReadAllAsync())
                    await third.Writer.WriteAsync(value);
                third.Writer.Complete();
            }),
        ];
        int expected = 0;
        await foreach (int value in third.Reader.ReadAllAsync())
        {
            Assert.Equal(expected++, value);
            semaphore.Release();
        }

        Assert.Equal(Count, expected);
        await stages.Within();
    }
}
