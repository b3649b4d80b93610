using System.Collections.Concurrent;
using Weft.Tests.Support;

namespace Weft.Tests.Sync;

/// <summary>What is <see cref="GoLock"/>'s alone. What holds for every such primitive is in <see cref="HoldableTests"/>.</summary>
public sealed class GoLockTests
{
    [Fact]
    public async Task LockAsync_Free_CompletesAtOnceAndDisposeUnlocks()
    {
        var @lock = new GoLock();
        using (await @lock.LockAsync())
            Assert.False(@lock.TryLock());
        Assert.True(@lock.TryLock());
        @lock.Unlock();
    }

    [Fact]
    public void Unlock_NotLocked_Throws()
    {
        var @lock = new GoLock();
        Assert.Contains("not locked", Assert.Throws<SynchronizationLockException>(@lock.Unlock).Message, StringComparison.Ordinal);
        Assert.True(@lock.TryLock());
        @lock.Unlock();
        Assert.Throws<SynchronizationLockException>(@lock.Unlock);
        Assert.True(@lock.TryLock());
    }

    [Fact]
    public void Dispose_TwiceOnTheSameVariable_UnlocksOnce()
    {
        var @lock = new GoLock();
        GoLock.Releaser first = @lock.Lock();
        first.Dispose();
        using GoLock.Releaser second = @lock.Lock();
        first.Dispose();
        Assert.False(@lock.TryLock());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task LockAsync_ManyGoroutines_ExcludesAndComesBackToEach(int procs)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: procs);
        var @lock = new GoLock();
        int total = 0;
        await scheduler.StartMany(50, async i =>
        {
            Goroutine? self = Go.Current;
            for (int turn = 0; turn < 200; turn++)
            {
                using (await @lock.LockAsync())
                {
                    Assert.Same(self, Go.Current);
                    int read = total;
                    if (turn % 7 == i % 7)
                        await Go.Yield();
                    total = read + 1;
                }
            }
        }).Within();
        Assert.Equal(50 * 200, total);
        Assert.True(@lock.TryLock());
    }

    [Fact]
    public async Task Lock_GoroutinesThreadsAndThePool_ExcludeEachOther()
    {
        const int Each = 2_000;
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var @lock = new GoLock();
        int total = 0;
        var threads = new Thread[3];
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = new Thread(() =>
            {
                for (int turn = 0; turn < Each; turn++)
                {
                    using (@lock.Lock())
                        total++;
                }
            });
            threads[i].Start();
        }

        async Task CountAsync()
        {
            for (int turn = 0; turn < Each; turn++)
            {
                using (await @lock.LockAsync())
                    total++;
                if (turn % 100 == 0)
                    await Task.Delay(0).ConfigureAwait(false);
            }
        }

        Task[] tasks = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(CountAsync))];
        Goroutine<bool>[] escaped = scheduler.StartMany(3, async _ =>
        {
            await Task.Yield();
            while (Go.Current is not null)
                await Task.Delay(1).ConfigureAwait(false); // on a busy machine it may be over before it is awaited
            Assert.Null(Go.Current);
            await CountAsync();
        });
        Goroutine<bool>[] blocking = scheduler.StartMany(3, _ =>
        {
            for (int turn = 0; turn < Each; turn++)
            {
                using (@lock.Lock())
                    total++;
            }
        });
        Goroutine<bool>[] waiting = scheduler.StartMany(3, async _ => await CountAsync());
        await Task.WhenAll(tasks).Within(scheduler);
        await escaped.Concat(blocking).Concat(waiting).Within();
        await Task.Run(() => Array.ForEach(threads, thread => thread.Join())).Within(scheduler);
        Assert.Equal(5 * 3 * Each, total);
    }

    [Fact]
    public async Task Lock_InAGoroutine_GivesItsProcessorUp()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        var @lock = new GoLock();
        Assert.True(@lock.TryLock());
        Goroutine<bool>[] blocked = scheduler.StartMany(5, _ => @lock.Lock().Dispose());
        await scheduler.StartChecked(() => @lock.Unlock()).Within();
        await blocked.Within();
    }

    [Fact]
    public async Task LockAsync_HeldForLong_IsGivenInOrderOfArrival()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 2);
        var @lock = new GoLock();
        var order = new ConcurrentQueue<int>();
        Assert.True(@lock.TryLock());
        var goroutines = new List<Goroutine<bool>>();
        for (int i = 0; i < 20; i++)
        {
            int number = i;
            Goroutine<bool> goroutine = scheduler.StartChecked(async () =>
            {
                using (await @lock.LockAsync())
                    order.Enqueue(number);
            });
            goroutines.Add(goroutine);
            await Limits.Until(() => goroutine.Status == GoroutineStatus.Parked, "it waits", scheduler);
        }

        @lock.Unlock();
        await goroutines.Within();
        Assert.Equal(Enumerable.Range(0, 20), order);
    }

    [Fact]
    public async Task LockAsync_AnotherLocksAllTheTime_IsNotStarved()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        var @lock = new GoLock();
        using var stop = new Gate();
        Goroutine<bool> greedy = scheduler.StartChecked(async () =>
        {
            while (!stop.IsOpen)
            {
                using (await @lock.LockAsync())
                    await Go.Yield();
            }
        });
        await scheduler.StartMany(4, async _ =>
        {
            for (int turn = 0; turn < 20; turn++)
            {
                using (await @lock.LockAsync())
                    await Go.Yield();
            }
        }).Within();
        stop.Open();
        await greedy.Within();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LockAsync_WokenOvertakenAndCancelled_HandsTheWakeUpOn(bool blocking)
    {
        // On one processor nothing else runs between what the overtaker does.
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        using var source = new CancellationTokenSource();
        var @lock = new GoLock();
        Assert.True(@lock.TryLock());
        Goroutine<bool> woken = blocking
            ? scheduler.StartChecked(() => { Assert.ThrowsAny<OperationCanceledException>(() => @lock.Lock(source.Token)); })
            : scheduler.StartChecked(
                () => Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await @lock.LockAsync(source.Token)));
        await Limits.Until(() => Waits(woken), "it waits", scheduler);
        await scheduler.StartChecked(async () =>
        {
            @lock.Unlock();
            Assert.True(@lock.TryLock());
            source.Cancel();
            await woken;
        }).Within();
        Goroutine<bool> next = scheduler.StartChecked(async () => (await @lock.LockAsync()).Dispose());
        await Limits.Until(() => Waits(next), "the next waits", scheduler);
        @lock.Unlock();
        await next.Within();
        Assert.True(@lock.TryLock());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LockAsync_WokenAndOvertaken_IsStillTheNext(bool blocking)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        var @lock = new GoLock();
        var order = new ConcurrentQueue<int>();
        Assert.True(@lock.TryLock());
        var waiting = new List<Goroutine<bool>>();
        for (int i = 0; i < 3; i++)
        {
            int number = i;
            Goroutine<bool> goroutine = blocking
                ? scheduler.StartChecked(() =>
                {
                    using (@lock.Lock())
                        order.Enqueue(number);
                })
                : scheduler.StartChecked(async () =>
                {
                    using (await @lock.LockAsync())
                        order.Enqueue(number);
                });
            waiting.Add(goroutine);
            await Limits.Until(() => Waits(goroutine), "it waits", scheduler);
        }

        await scheduler.StartChecked(async () =>
        {
            for (int i = 0; i < 5; i++)
            {
                @lock.Unlock();
                if (!@lock.TryLock())
                    return; // it is kept for the one that starves
                await Go.Yield();
            }

            @lock.Unlock();
        }).Within();
        await waiting.Within();
        Assert.Equal([0, 1, 2], order);
    }

    [ReleaseIsEnough]
    [Fact]
    public async Task LockAsync_InTheSteadyState_AllocatesNothing()
    {
        const int Goroutines = 8;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 2);
        var @lock = new GoLock();
        async Task RoundAsync()
        {
            var goroutines = new Goroutine<bool>[Goroutines];
            for (int i = 0; i < Goroutines; i++)
            {
                goroutines[i] = scheduler.Start((Func<Task<bool>>)(async () =>
                {
                    for (int turn = 0; turn < 20_000; turn++)
                    {
                        using (await @lock.LockAsync())
                        {
                            if (turn % 50 == 0)
                                await Go.Yield();
                        }
                    }

                    return true;
                }));
            }

            await goroutines.Within();
        }

        // Until the code is compiled for speed, the steady state is not reached.
        const int Allowed = 16_000;
        long allocated = long.MaxValue;
        for (int round = 0; round < 25 && allocated > Allowed; round++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            await RoundAsync();
            allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        }

        // The goroutines themselves and what waits for them;
        // of 160,000 locks, 3,200 of them contended, not even every tenth may cost 50 bytes.
        Assert.InRange(allocated, 0, Allowed);
    }

    [Fact]
    public async Task AsTask_Locked_CompletesWhenUnlocked()
    {
        var @lock = new GoLock();
        Assert.True(@lock.TryLock());
        Task<GoLock.Releaser> task = @lock.LockAsync().AsTask();
        Assert.False(task.IsCompleted);
        @lock.Unlock();
        using (await task.WaitAsync(Limits.Hang))
            Assert.False(@lock.TryLock());
    }

    [Fact]
    public async Task AsValueTask_FreeOrLocked_GivesTheLockOnTheGoroutine()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        var @lock = new GoLock();
        await scheduler.StartChecked(async () =>
        {
            ValueTask<GoLock.Releaser> free = @lock.LockAsync();
            Assert.True(free.IsCompletedSuccessfully);
            GoLock.Releaser first = await free;
            Goroutine? self = Go.Current;
            Go.Start(() => first.Dispose());
            ValueTask<GoLock.Releaser> locked = @lock.LockAsync().AsValueTask();
            Assert.False(locked.IsCompleted);
            using (await locked)
            {
                Assert.Same(self, Go.Current);
                Assert.False(@lock.TryLock());
            }

            // It was awaited: the waiter may be another's by now.
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await locked);
            Assert.True(@lock.TryLock());
        }).Within();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ConfigureAwait_Locked_GoesOnWhereItSays(bool onCapturedContext)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        var @lock = new GoLock();
        await scheduler.StartChecked(async () =>
        {
            Goroutine? self = Go.Current;
            using (await @lock.LockAsync().ConfigureAwait(false))
                Assert.Same(self, Go.Current);
            Assert.True(@lock.TryLock());
            Go.Start(@lock.Unlock);
            using (await @lock.LockAsync().ConfigureAwait(onCapturedContext))
                Assert.Same(onCapturedContext ? self : null, Go.Current);
        }).Within();
        Assert.True(@lock.TryLock());
    }

    [Fact]
    public async Task AsTask_CancelledWhileWaiting_IsCancelledAndTheNextGetsIt()
    {
        using var source = new CancellationTokenSource();
        var @lock = new GoLock();
        Assert.True(@lock.TryLock());
        Task<GoLock.Releaser> cancelled = @lock.LockAsync(source.Token).AsTask();
        Task<GoLock.Releaser> next = @lock.LockAsync().AsTask();
        await source.CancelAsync();
        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(Limits.Hang));
        Assert.Equal(source.Token, exception.CancellationToken);
        Assert.True(cancelled.IsCanceled);
        @lock.Unlock();
        (await next.WaitAsync(Limits.Hang)).Dispose();
        Assert.True(@lock.TryLock());
    }

    [Fact]
    public async Task OnCompleted_Configured_FlowsTheAwaitersContext()
    {
        var @lock = new GoLock();
        Assert.True(@lock.TryLock());
        var local = new AsyncLocal<int> { Value = 7 };
        var seen = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        @lock.LockAsync().ConfigureAwait(true).GetAwaiter().OnCompleted(() => seen.SetResult(local.Value));
        local.Value = 8;
        @lock.Unlock();
        Assert.Equal(7, await seen.Task.WaitAsync(Limits.Hang));
    }

    [Fact]
    public void Run_TheLockIsHeldOutsideAfterConfigureAwait_IsNoDeadlock()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        var @lock = new GoLock();
        using var release = new Gate();
        scheduler.Run(async () =>
        {
            Assert.True(@lock.TryLock());
            var held = new TaskCompletionSource();
            Task holding = HoldAsync(held);
            @lock.Unlock();
            await held.Task;
            using var timer = new Timer(_ => release.Open(), null, TimeSpan.FromSeconds(1.5), Timeout.InfiniteTimeSpan);
            (await @lock.LockAsync()).Dispose();
            await holding;
        });

        async Task HoldAsync(TaskCompletionSource held)
        {
            using (await @lock.LockAsync().ConfigureAwait(false))
            {
                held.SetResult();
                release.Wait();
            }
        }
    }

    private static bool Waits(Goroutine goroutine) => goroutine.Status is GoroutineStatus.Parked or GoroutineStatus.Blocked;
}
