using System.Threading.Channels;
using Weft.Runtime.Core;
using Weft.Tests.Support;

namespace Weft.Tests.Channels.Selecting;

/// <summary>The places in channels' queues that a select keeps from one wait to the next.</summary>
public sealed class SelectPlacesTests
{
    [Fact]
    public async Task WaitAsync_CaseThatNeverWins_KeepsOnePlace()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        var numbers = new Chan<int>();
        var stop = new Chan<bool>();
        var seen = new List<int>();
        Goroutine<bool> looping = scheduler.Start(async () =>
        {
            await LoopAsync(numbers, stop, () => seen.Add(Waiters(stop, isSend: false)));
            return true;
        });
        await scheduler.StartMany(1, async _ =>
        {
            for (int i = 0; i < 10; i++)
                await numbers.SendAsync(i);
        }).Within();
        Assert.Equal(1, Waiters(stop, isSend: false));
        Assert.All(seen, count => Assert.InRange(count, 0, 1));
        Assert.Contains(1, seen);
        stop.Close();
        await looping.Within();
        Assert.Equal(0, Waiters(numbers, isSend: false));
    }

    [Fact]
    public async Task End_OfGoroutineThatLooped_LeavesNoPlace()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 2);
        var stop = new Chan<bool>();
        await scheduler.StartMany(200, async _ =>
        {
            var numbers = new Chan<int>();
            Go.Start(async () =>
            {
                for (int i = 0; i < 5; i++)
                    await numbers.SendAsync(i);
                numbers.Close();
            });
            await LoopAsync(numbers, stop);
        }).Within();
        Assert.Equal(0, Waiters(stop, isSend: false));
    }

    [Fact]
    public async Task WaitAsync_ManySelectsInTurn_KeepPlacesForFew()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        var stop = new Chan<bool>();
        await scheduler.StartMany(1, async _ =>
        {
            for (int i = 0; i < 100; i++)
            {
                var numbers = new Chan<int>();
                var select = new Select();
                select.Receive(numbers);
                select.Receive(stop);
                await MeetAsync(numbers, select, 4);
            }

            Assert.InRange(Waiters(stop, isSend: false), 1, 4);
        }).Within();
        Assert.Equal(0, Waiters(stop, isSend: false));
    }

    [Fact]
    public async Task Channel_Changed_GivesThePlaceUp()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        var numbers = new Chan<int>();
        var others = new Chan<int>();
        await scheduler.StartMany(1, async _ =>
        {
            var select = new Select();
            select.Receive(numbers);
            ReceiveCase<int> other = select.Receive(others);
            await MeetAsync(numbers, select, 4);
            Assert.Equal(1, Waiters(others, isSend: false));
            other.Channel = null;
            Assert.Equal(0, Waiters(others, isSend: false));
            await MeetAsync(numbers, select, 4);
            other.Channel = others;
            await MeetAsync(others, select, 4);
        }).Within();
    }

    [Fact]
    public async Task WaitAsync_OfferedBetweenTwoWaits_IsTaken()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        var numbers = new Chan<int>();
        var buffered = new Chan<int>(1);
        await scheduler.StartMany(1, async _ =>
        {
            var select = new Select();
            select.Receive(numbers);
            ReceiveCase<int> late = select.Receive(buffered);
            await MeetAsync(numbers, select, 4);
            Assert.True(buffered.TrySend(7));
            Assert.Equal(0, Waiters(buffered, isSend: false));
            Assert.Same(late, await select.WaitAsync());
            Assert.Equal(7, late.Value);
            await MeetAsync(numbers, select, 4);
            buffered.Close();
            Assert.Same(late, await select.WaitAsync());
            Assert.False(late.HasValue);
        }).Within();
    }

    [Fact]
    public async Task WaitAsync_TurnAmongCasesThatAreAllReady_LooksAtAllInTheNext()
    {
        const int Each = 2 * Machine.OperationBudget;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        Chan<int>[] channels = [new(Each), new(Each)];
        int received = 0;
        await scheduler.StartMany(1, async _ =>
        {
            var select = new Select();
            select.Receive(channels[0]);
            select.Receive(channels[1]);
            await MeetAsync(channels[0], select, 4);
            foreach (Chan<int> channel in channels)
            {
                for (int i = 0; i < Each; i++)
                    Assert.True(channel.TrySend(i));
            }

            // None of them waits; but when the budget is spent the others have a turn.
            for (; received < channels.Length * Each; received++)
                await select.WaitAsync();
        }).Within();
        Assert.Equal(channels.Length * Each, received);
    }

    [Fact]
    public async Task WaitAsync_SendCaseThatKeepsItsPlace_SendsThePresentValue()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        var numbers = new Chan<int>();
        var results = new Chan<int>();
        await scheduler.StartMany(1, async _ =>
        {
            var select = new Select();
            select.Receive(numbers);
            SendCase<int> result = select.Send(results, 1);
            await MeetAsync(numbers, select, 4);
            Assert.Equal(1, Waiters(results, isSend: true));
            result.Value = 2;
            Goroutine<int> receiver = Go.Start(async () => await results.ReceiveAsync());
            Assert.Same(result, await select.WaitAsync());
            Assert.Equal(2, await receiver);
        }).Within();
    }

    [Fact]
    public async Task WaitAsync_UsedByAnotherGoroutine_KeepsWorking()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 2);
        var numbers = new Chan<int>();
        var stop = new Chan<bool>();
        var select = new Select();
        select.Receive(numbers);
        select.Receive(stop);
        for (int i = 0; i < 200; i++)
        {
            // The one before may still be ending.
            var used = new TaskCompletionSource();
            scheduler.Start(async () =>
            {
                await MeetAsync(numbers, select, 4);
                used.SetResult();
            });
            await used.Task.Within(scheduler);
        }

        Eventually.True(() => Waiters(stop, isSend: false) == 0, "no place is left");
    }

    [Fact]
    public async Task AsChannel_WhileAPlaceIsKept_IsToldOfTheReceiver()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 2);
        var numbers = new Chan<int>();
        var others = new Chan<int>();
        var isKept = new TaskCompletionSource();
        Goroutine<int> receiving = scheduler.Start(async () =>
        {
            var select = new Select();
            select.Receive(numbers);
            ReceiveCase<int> other = select.Receive(others);
            await MeetAsync(numbers, select, 4);
            isKept.SetResult();
            Assert.Same(other, await select.WaitAsync());
            return other.Value;
        });
        await isKept.Task.Within(scheduler);
        ChannelWriter<int> writer = others.AsChannel().Writer;
        do
        {
            Assert.True(await writer.WaitToWriteAsync().AsTask().Within(scheduler));
        }
        while (!writer.TryWrite(5));

        Assert.Equal(5, await receiving.Task.Within(scheduler));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task WaitAsync_PlacesDroppedAsWaitsOpen_LosesNothing(int procs)
    {
        const int Channels = 4;
        const int Receivers = 4;
        const int Each = 10_000;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: procs);
        Chan<int>[] channels = [.. Enumerable.Range(0, Channels).Select(i => new Chan<int>(i))];
        var stop = new Chan<bool>();
        long sum = 0;
        var receivers = scheduler.StartMany(Receivers, async _ =>
        {
            var select = new Select();
            var cases = channels.Select(c => select.Receive(c)).ToHashSet<SelectCase>();
            select.Receive(stop);
            long own = 0;
            while (await select.WaitAsync() is ReceiveCase<int> one && cases.Contains(one))
                own += one.Value;
            Interlocked.Add(ref sum, own);
        });
        await scheduler.StartMany(Channels, async i =>
        {
            for (int n = 1; n <= Each; n++)
            {
                await channels[i].SendAsync(n);
                if (n % 97 == 0)
                    await Go.Yield();
            }
        }).Within();
        Eventually.True(() => channels.All(c => c.Count == 0), "everything was received");
        stop.Close();
        await receivers.Within();
        Assert.Equal(Channels * (long)Each * (Each + 1) / 2, sum);
        Assert.All(channels, c => Assert.Equal(0, Waiters(c, isSend: false)));
    }

    private static async Task LoopAsync(Chan<int> numbers, Chan<bool> stop, Action? each = null)
    {
        var select = new Select();
        ReceiveCase<int> number = select.Receive(numbers);
        select.Receive(stop);
        while (await select.WaitAsync() == number && number.HasValue)
            each?.Invoke();
    }

    /// <summary>Has the select, which waits each time, meet a sender of the channel so often.</summary>
    private static async Task MeetAsync(Chan<int> channel, Select select, int times)
    {
        for (int i = 0; i < times; i++)
        {
            int number = i;
            Go.Start(async () => await channel.SendAsync(number));
            Assert.Equal(number, ((ReceiveCase<int>)await select.WaitAsync()).Value);
        }
    }

    private static int Waiters<T>(Chan<T> channel, bool isSend)
    {
        channel.Lock();
        int count = channel.QueueOf(isSend).Count();
        channel.Unlock();
        return count;
    }
}
