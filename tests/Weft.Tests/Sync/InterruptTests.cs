using System.Runtime.CompilerServices;
using Weft.Sync;
using Weft.Tests.Support;
using Weft.Waiting;

namespace Weft.Tests.Sync;

/// <summary>
/// A blocking wait that <see cref="Thread.Interrupt"/> ends leaves nothing behind; one that has its end by then keeps it, and the
/// interrupt.
/// </summary>
public sealed class InterruptTests
{
    private const int Rounds = 1_000;

    [Fact]
    public void Lock_ThreadInterruptedWhileItWaits_LeavesNoWaiter()
    {
        var @lock = new GoLock();
        for (int round = 0; round < 3; round++)
        {
            Assert.True(@lock.TryLock());
            Thread first = Waiting(() => @lock.Lock().Dispose(), out Func<bool> firstWasInterrupted);
            Thread second = Waiting(() => @lock.Lock().Dispose(), out Func<bool> secondWasInterrupted);
            first.Interrupt();
            Join(first);
            Assert.True(firstWasInterrupted());

            // Wakes the first that is listed.
            @lock.Unlock();
            Join(second);
            Assert.False(secondWasInterrupted());
        }

        Assert.True(@lock.TryLock());
    }

    [Fact]
    public async Task Lock_ThreadInterruptedAsItIsUnlocked_IsNotLostNorIsTheInterrupt()
    {
        var @lock = new GoLock();
        int locked = 0, interrupted = 0;
        for (int round = 0; round < Rounds; round++)
        {
            Assert.True(@lock.TryLock());
            Thread thread = Waiting(
                () =>
                {
                    using (@lock.Lock())
                        locked++;
                    Thread.Sleep(Timeout.Infinite);
                },
                out Func<bool> wasInterrupted);
            Task interrupting = Task.Run(thread.Interrupt);
            Thread.SpinWait(round % 128);
            @lock.Unlock();

            // Overtakes it now and then, so that it was woken in vain.
            if (round % 2 == 0 && @lock.TryLock())
                @lock.Unlock();
            await interrupting;
            Join(thread);
            if (wasInterrupted())
                interrupted++;
        }

        Assert.Equal(Rounds, interrupted);
        Assert.InRange(locked, 0, Rounds);
        Assert.True(@lock.TryLock());
    }

    [Fact]
    public async Task Wait_ThreadInterruptedAsTheCounterReachesZero_LeavesNoWaiterAndLosesNoInterrupt()
    {
        for (int round = 0; round < Rounds; round++)
        {
            var group = new WaitGroup();
            group.Add(1);
            bool done = false;
            Thread thread = Waiting(
                () =>
                {
                    group.Wait();
                    done = true;
                    Thread.Sleep(Timeout.Infinite);
                },
                out Func<bool> wasInterrupted);
            if (round % 2 == 0)
            {
                Task interrupting = Task.Run(thread.Interrupt);
                Thread.SpinWait(round % 128);
                group.Done();
                await interrupting;
                Join(thread);
            }
            else
            {
                thread.Interrupt();
                Join(thread);
                Assert.False(done);
                Assert.True(Waiters(group).IsEmpty);
                group.Done();
            }

            Assert.True(wasInterrupted());
        }
    }

    [Fact]
    public async Task Start_ThreadInterruptedWhileItWaitsForRoom_DoesNotStartTheChild()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await using var group = new GoroutineGroup(scheduler) { Limit = 1 };
        var ending = new TaskCompletionSource();
        int started = 0;
        group.Start(() => ending.Task);
        Thread first = Waiting(() => group.Start(() => { Interlocked.Add(ref started, 1); }), out Func<bool> firstWasInterrupted);
        Thread second = Waiting(() => group.Start(() => { Interlocked.Add(ref started, 10); }), out Func<bool> secondWasInterrupted);
        Task all = group.WaitAsync().AsTask();
        first.Interrupt();
        Join(first);
        Assert.True(firstWasInterrupted());
        ending.SetResult();
        Join(second);
        Assert.False(secondWasInterrupted());
        await all.Within(scheduler);
        await group.WaitAsync().AsTask().Within(scheduler);
        Assert.Equal(10, started);
    }

    [Fact]
    public async Task Start_ThreadInterruptedAsThereIsRoom_StartsTheChildUnlessItThrows()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await using var group = new GoroutineGroup(scheduler) { Limit = 1 };
        int started = 0, returned = 0;
        for (int round = 0; round < Rounds; round++)
        {
            var ending = new TaskCompletionSource();
            group.Start(() => ending.Task);
            Thread thread = Waiting(
                () =>
                {
                    group.Start(() => { started++; });
                    returned++;
                    Thread.Sleep(Timeout.Infinite);
                },
                out Func<bool> wasInterrupted);
            Task interrupting = Task.Run(thread.Interrupt);
            Thread.SpinWait(round % 128);
            ending.SetResult();
            await interrupting;
            Join(thread);
            Assert.True(wasInterrupted());
            await group.WaitAsync().AsTask().Within(scheduler);
            Assert.Equal(returned, started);
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_waiters")]
    private static extern ref WaiterList<WaitOperation> Waiters(WaitGroup group);

    /// <summary>Starts a thread and returns once it blocks.</summary>
    internal static Thread Waiting(Action body, out Func<bool> wasInterrupted)
    {
        Thread thread = Start(body, out wasInterrupted);
        Assert.True(SpinWait.SpinUntil(() => (thread.ThreadState & ThreadState.WaitSleepJoin) != 0, Limits.Hang), "It does not wait.");
        return thread;
    }

    /// <summary>Starts a thread whose first managed wait an interrupt meets.</summary>
    internal static Thread Interrupted(Action body, out Func<bool> wasInterrupted) => Start(
        () =>
        {
            Thread.CurrentThread.Interrupt();
            body();
        },
        out wasInterrupted);

    private static Thread Start(Action body, out Func<bool> wasInterrupted)
    {
        bool interrupted = false;
        wasInterrupted = () => interrupted;
        var thread = new Thread(() =>
        {
            try
            {
                body();
            }
            catch (ThreadInterruptedException)
            {
                interrupted = true;
            }
        });
        thread.IsBackground = true;
        thread.Start();
        return thread;
    }

    internal static void Join(Thread thread) => Assert.True(thread.Join(Limits.Hang), "The interrupt or the end of the wait was lost.");
}
