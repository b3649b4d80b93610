using Weft.Tests.Channels;
using Weft.Tests.Support;

namespace Weft.Tests.Schedulers;

/// <summary>
/// Goroutines that never run again, as their scheduler was disposed, take nothing: they leave the channels, selects, locks and groups where
/// they waited, and what was on its way to them goes to somebody else.
/// </summary>
public sealed class SchedulerDisposeWaiterTests
{
    private static readonly Dictionary<string, Func<Chan<int>, Task>> s_receives = new()
    {
        ["receive"] = static async channel => await channel.ReceiveAsync(),
        ["receive or closed"] = static async channel => await channel.ReceiveOrClosedAsync(),
        ["with a token"] = static async channel =>
        {
            using var source = new CancellationTokenSource();
            await channel.ReceiveAsync(source.Token);
        },
        ["as a ValueTask"] = static async channel => await channel.ReceiveAsync().AsValueTask(),
        ["as a task"] = static async channel => await channel.ReceiveAsync().AsTask(),
        ["foreach"] = static async channel =>
        {
            await foreach (int _ in channel)
            {
            }
        },
        ["adapter"] = static async channel => await channel.AsChannel().Reader.ReadAsync(),
        ["select"] = static async channel =>
        {
            var select = new Select();
            select.Receive(channel);
            select.Timeout(TimeSpan.FromHours(1));
            await select.WaitAsync();
        },
        ["select in a loop"] = static async channel =>
        {
            var select = new Select();
            var ready = new Chan<int>(4);
            select.Receive(channel);
            select.Receive(ready);
            for (int i = 0; i < 4; i++)
            {
                ready.Send(i);
                await select.WaitAsync();
            }

            await select.WaitAsync();
        },
        ["one of several"] = static async channel =>
        {
            Task<int>[] all = [.. Enumerable.Range(0, 8).Select(_ => channel.ReceiveAsync().AsTask())];
            await Task.WhenAll(all);
        },
    };

    public static TheoryData<string, int> Receives()
    {
        var all = new TheoryData<string, int>();
        foreach (string receive in s_receives.Keys)
        {
            all.Add(receive, 0);
            all.Add(receive, 2);
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Receives))]
    public async Task Dispose_GoroutinesWaitToReceive_NoValueGoesToThem(string receive, int capacity)
    {
        const int Goroutines = 3;
        var channel = new Chan<int>(capacity);
        using var test = TestScheduler.Create(out Scheduler scheduler);
        scheduler.StartMany(Goroutines, _ => s_receives[receive](channel));
        await Limits.UntilParked(scheduler, Goroutines, "all wait");
        test.Dispose();
        Assert.Equal(capacity > 0, channel.TrySend(1));
        if (capacity == 0)
        {
            Task sending = channel.SendAsync(1).AsTask();
            Assert.False(sending.IsCompleted);
            Assert.Equal(1, channel.Receive());
            await sending.WaitAsync(Limits.Hang);
        }
        else
        {
            Assert.Equal(1, channel.Receive());
        }

        Assert.Equal((0, 0), ChanQueues.Lengths(channel));
    }

    [Fact]
    public async Task Dispose_GoroutinesWaitToReceive_LeaveTheChannelsQueueAtOnce()
    {
        var channel = new Chan<int>();
        for (int round = 0; round < 5; round++)
        {
            using var test = TestScheduler.Create(out Scheduler scheduler);
            scheduler.StartMany(10, async i =>
            {
                if (i % 2 == 0)
                    await channel.ReceiveAsync();
                else
                    await s_receives["select"](channel);
            });
            await Limits.UntilParked(scheduler, 10, "all wait");
            Assert.Equal(10, ChanQueues.Lengths(channel).Receivers);
            test.Dispose();
            Assert.Equal(0, ChanQueues.Lengths(channel).Receivers);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Dispose_GoroutinesWaitToSend_HaveSentNothing(int capacity)
    {
        var channel = new Chan<int>(capacity);
        for (int i = 0; i < capacity; i++)
            channel.Send(i);
        using var test = TestScheduler.Create(out Scheduler scheduler);
        scheduler.StartMany(4, async i =>
        {
            if (i % 2 == 0)
            {
                await channel.SendAsync(100);
                return;
            }

            var select = new Select();
            select.Send(channel, 100);
            await select.WaitAsync();
        });
        await Limits.UntilParked(scheduler, 4, "all wait");
        test.Dispose();
        for (int i = 0; i < capacity; i++)
            Assert.Equal(i, channel.Receive());
        Assert.False(channel.TryReceive(out int _));
    }

    [Fact]
    public async Task Dispose_AnotherSchedulersReceiverWaitsBehind_GetsTheValue()
    {
        var channel = new Chan<int>();
        using var outer = TestScheduler.Create(out Scheduler other);
        using var test = TestScheduler.Create(out Scheduler scheduler);
        scheduler.StartMany(3, async _ => await channel.ReceiveAsync());
        await Limits.UntilParked(scheduler, 3, "all wait");
        Goroutine<int> receiving = other.Start(async () => await channel.ReceiveAsync());
        await Limits.UntilParked(other, 1, "it waits, too");
        test.Dispose();
        Assert.True(channel.TrySend(7));
        Assert.Equal(7, await receiving.Within());
    }

    [Theory]
    [MemberData(nameof(Receives))]
    public async Task Dispose_ValueIsOnItsWayToAGoroutineThatNeverRuns_GoesToTheNextReceiver(string receive, int capacity)
    {
        var channel = new Chan<int>(capacity);
        bool sent = false;
        await DisposeWithOneAwakeAsync(() => s_receives[receive](channel), () => sent = channel.TrySend(7));
        Assert.True(sent);
        Assert.True(channel.TryReceive(out int value));
        Assert.Equal(7, value);
        Assert.False(channel.TryReceive(out int _));
        Assert.Equal((0, 0), ChanQueues.Lengths(channel));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Dispose_LockIsOnItsWayToAGoroutineThatNeverRuns_GoesToTheNext(bool othersWait)
    {
        var @lock = new GoLock();
        Assert.True(@lock.TryLock());
        Task<GoLock.Releaser>? next = null;
        await DisposeWithOneAwakeAsync(
            async () =>
            {
                using (await @lock.LockAsync())
                {
                }
            },
            () =>
            {
                if (othersWait)
                    next = @lock.LockAsync().AsTask();
                @lock.Unlock();
            });
        if (next is not null)
            (await next.WaitAsync(Limits.Hang)).Dispose();
        (await @lock.LockAsync().AsTask().WaitAsync(Limits.Hang)).Dispose();
        Assert.True(@lock.TryLock());
    }

    [Fact]
    public async Task Dispose_GoroutinesWaitForALock_TheNextOutsideGetsIt()
    {
        var @lock = new GoLock();
        Assert.True(@lock.TryLock());
        using var test = TestScheduler.Create(out Scheduler scheduler);
        scheduler.StartMany(100, async _ => (await @lock.LockAsync()).Dispose());
        await Limits.UntilParked(scheduler, 100, "all wait");
        test.Dispose();
        Task<GoLock.Releaser> next = @lock.LockAsync().AsTask();
        @lock.Unlock();
        (await next.WaitAsync(Limits.Hang)).Dispose();
        Assert.True(@lock.TryLock());
    }

    [Fact]
    public async Task Dispose_GoroutineWaitsForRoomInAGroup_ItsChildIsNotStarted()
    {
        using var outer = TestScheduler.Create(out Scheduler other);
        using var test = TestScheduler.Create(out Scheduler scheduler);
        await using var group = new GoroutineGroup(other) { Limit = 1 };
        var ending = new TaskCompletionSource();
        bool started = false, second = false;
        group.Start(() => ending.Task);
        _ = scheduler.Start(async () => await group.StartAsync(() => { started = true; }));
        await Limits.UntilParked(scheduler, 1, "it waits for room");
        Task starting = group.StartAsync(() => { second = true; }).AsTask();
        test.Dispose();
        ending.SetResult();
        await starting.Within(other);
        await group.WaitAsync().AsTask().Within(other);
        Assert.False(started);
        Assert.True(second);
    }

    /// <summary>
    /// Disposes a scheduler with a goroutine that waits, and is woken when the scheduler is about to stop, so that it does not come to run:
    /// its only processor is with one that computes until then, and machines that stop take no other.
    /// </summary>
    internal static async Task DisposeWithOneAwakeAsync(Func<Task> body, Action wake)
    {
        using var test = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        using var stop = new Gate();
        using var computes = new Gate();
        bool wentOn = false;
        scheduler.Start(async () =>
        {
            await body();
            wentOn = true;
        });
        await Limits.UntilParked(scheduler, 1, "it waits");
        scheduler.Start(() =>
        {
            computes.Open();
            while (!stop.IsOpen)
                Thread.SpinWait(10);
        });
        computes.Wait();
        Task disposing = scheduler.DisposeAsync().AsTask();
        await Limits.Until(() => IsDisposing(scheduler), "disposal has begun", scheduler);
        wake();
        stop.Open();
        await disposing.Within(scheduler);
        Assert.False(wentOn);
    }

    private static bool IsDisposing(Scheduler scheduler)
    {
        try
        {
            scheduler.Start(() => { });
            return false;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }
}
