using System.Collections.Concurrent;
using Weft.Tests.Support;

namespace Weft.Tests.Goroutines;

public sealed class LockOSThreadTests
{
    // So long that no thread leaves because it has nothing to do.
    private const int NeverIdle = 60_000;

    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(3, 3, false)]
    [InlineData(1, 0, true)]
    [InlineData(3, 2, true)]
    [InlineData(2, 5, false)]
    public async Task LockOSThread_SomeLocksSomeUnlocks_ThreadDiesOnlyWithALockHeld(int locks, int unlocks, bool dies)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, idleMilliseconds: NeverIdle);
        Goroutine<SystemThread> goroutine = scheduler.Start(async () =>
        {
            for (int i = 0; i < locks; i++)
                Go.LockOSThread();
            await Task.Yield();
            for (int i = 0; i < unlocks; i++)
                Go.UnlockOSThread();
            return TaskList.Current;
        });
        SystemThread thread = await goroutine.Within();
        if (dies)
        {
            await NeverUsedAgainAsync(scheduler, thread);
            return;
        }

        await scheduler.StartMany(10, async _ => await Go.Yield()).Within();
        Assert.True(TaskList.Exists(thread));
    }

    [Fact]
    public async Task LockOSThread_SynchronousBodyEndsLocked_ThreadDies()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, idleMilliseconds: NeverIdle);
        SystemThread thread = await scheduler.Start(() =>
        {
            Go.LockOSThread();
            return TaskList.Current;
        }).Within();
        await NeverUsedAgainAsync(scheduler, thread);
    }

    [Fact]
    public async Task UnlockOSThread_NotLocked_DoesNothing()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            Go.UnlockOSThread();
            await Go.Yield();
            Go.UnlockOSThread();

            // Had the count gone below zero, this lock would not hold.
            using ThreadPin hold = Go.LockOSThread();
            int id = Native.GetThreadId();
            await Task.Delay(1);
            Assert.Equal(id, Native.GetThreadId());
        }).Within();
    }

    [Fact]
    public async Task ThreadLock_DisposedTwice_UndoesOneLock()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, idleMilliseconds: NeverIdle);
        SystemThread thread = await scheduler.Start(() =>
        {
            Go.LockOSThread();
            ThreadPin second = Go.LockOSThread();
            second.Dispose();
            second.Dispose();
            return TaskList.Current;
        }).Within();

        // The first lock still held when the goroutine ended.
        await NeverUsedAgainAsync(scheduler, thread);
    }

    [Fact]
    public async Task ThreadLock_DisposedOnAnotherGoroutine_Throws()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            using ThreadPin hold = Go.LockOSThread();
            ThreadPin copy = hold;
            await scheduler.StartChecked(() => Assert.Throws<InvalidOperationException>(() => copy.Dispose()));
        }).Within();
    }

    [Fact]
    public async Task LockOSThread_NotInAGoroutine_ThrowsNamingTheMethod()
    {
        string message = Assert.Throws<InvalidOperationException>(() => Go.LockOSThread()).Message;
        Assert.StartsWith("Go.LockOSThread was called outside goroutines. Call it in", message, StringComparison.Ordinal);
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(async () => await Go.LockOSThreadAsync());
        Assert.StartsWith("Go.LockOSThreadAsync was called outside", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LockOSThread_AcrossAwaits_KeepsTheThreadToItself()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 2);
        int lockedId = 0;
        using var stop = new Gate();
        Goroutine<bool>[] others = scheduler.StartMany(8, async _ =>
        {
            while (!stop.IsOpen)
            {
                Assert.NotEqual(Volatile.Read(ref lockedId), Native.GetThreadId());
                await Go.Yield();
            }
        });
        await scheduler.StartMany(1, async _ =>
        {
            using ThreadPin hold = Go.LockOSThread();
            int id = Native.GetThreadId();
            Volatile.Write(ref lockedId, id);
            for (int i = 0; i < 200; i++)
            {
                switch (i % 4)
                {
                    case 0:
                        await Go.Yield();
                        break;
                    case 1:
                        await Task.Run(() => { });
                        break;
                    case 2:
                        await Go.SleepAsync(TimeSpan.FromMicroseconds(100));
                        break;
                    default:
                        await Task.Yield();
                        break;
                }

                Assert.Equal(id, Native.GetThreadId());
            }

            Volatile.Write(ref lockedId, 0);
        }).Within();
        stop.Open();
        await others.Within();
    }

    [Fact]
    public async Task LockOSThread_StartedByALockedGoroutine_IsNotLocked()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, idleMilliseconds: NeverIdle);
        await scheduler.StartChecked(async () =>
        {
            using ThreadPin hold = Go.LockOSThread();
            SystemThread child = await scheduler.Start(() => TaskList.Current);
            Assert.NotEqual(TaskList.Current, child);
            await scheduler.StartMany(10, async _ => await Go.Yield())[9];
            Assert.True(TaskList.Exists(child));
        }).Within();
    }

    [Fact]
    public async Task LockOSThread_ThousandGoroutinesEndLocked_EachThreadDies()
    {
        const int Goroutines = 1_000;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 4);
        var threads = new ConcurrentBag<SystemThread>();
        await scheduler.StartMany(Goroutines, async i =>
        {
            if (i % 2 == 0)
                await Go.Yield();
            Go.LockOSThread();
            threads.Add(TaskList.Current);
        }).Within();
        Assert.Equal(Goroutines, threads.Distinct().Count());
        await Limits.Until(() => !threads.Any(TaskList.Exists), "every thread is gone", scheduler);
        Assert.True(scheduler.Statistics.ThreadsExited >= Goroutines);
        Assert.Empty((await ThreadsOfSomeAsync(scheduler)).Intersect(threads.Select(Identity)));
    }

    [Fact]
    public async Task LockOSThread_TwoFirstLocksRace_HundredRounds()
    {
        for (int round = 0; round < 100; round++)
        {
            using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 2);
            int arrived = 0;
            Goroutine<int>[] pair = [.. Enumerable.Range(0, 2).Select(_ => scheduler.Start(async () =>
            {
                Interlocked.Increment(ref arrived);
                while (Volatile.Read(ref arrived) < 2)
                    await Go.Yield();
                Go.LockOSThread();
                int id = Native.GetThreadId();
                await scheduler.Start(() => 0);
                Assert.Equal(id, Native.GetThreadId());
                return id;
            }))];
            Assert.Distinct(await pair.Within());
        }
    }

    [Fact]
    public async Task LockOSThread_LockedGoroutineInfo_SaysSo()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var gate = new TaskCompletionSource();
        Goroutine<bool> goroutine = scheduler.StartChecked(async () =>
        {
            using ThreadPin hold = Go.LockOSThread();
            await gate.Task;
        });
        await Limits.Until(() => goroutine.Status == GoroutineStatus.Parked, "the goroutine parked", scheduler);
        GoroutineInfo info = Assert.Single(scheduler.GetGoroutines(), info => info.Id == goroutine.Id);
        Assert.True(info.LockedToThread);
        gate.SetResult();
        await goroutine.Within();
    }

    /// <summary>The thread of a goroutine that ended locked runs no other one, and is gone for good.</summary>
    private static async Task NeverUsedAgainAsync(Scheduler scheduler, SystemThread thread)
    {
        Assert.DoesNotContain(Identity(thread), await ThreadsOfSomeAsync(scheduler));
        await Limits.Until(() => !TaskList.Exists(thread), "the thread of a goroutine that ended locked is gone", scheduler);
        Assert.DoesNotContain(Identity(thread), await ThreadsOfSomeAsync(scheduler));
        Assert.False(TaskList.Exists(thread));
    }

    private static async Task<IEnumerable<(int Id, long StartSite)>> ThreadsOfSomeAsync(Scheduler scheduler)
    {
        Goroutine<SystemThread>[] some = [.. Enumerable.Range(0, 50).Select(_ => scheduler.Start(async () =>
        {
            await Go.Yield();
            return TaskList.Current;
        }))];
        return [.. (await some.Within()).Select(Identity)];
    }

    // The system may give the id to another thread, later.
    private static (int Id, long StartSite) Identity(SystemThread thread) => (thread.Id, thread.StartSite);
}
