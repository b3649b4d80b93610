using System.Collections.Concurrent;
using System.Diagnostics;
using Weft.Tests.Schedulers;
using Weft.Tests.Support;

namespace Weft.Tests.Sync;

public sealed class CondTests
{
    private readonly GoLock _lock = new();
    private readonly Cond _cond;
    private int _begun;

    public CondTests() => _cond = new Cond(_lock);

    [Fact]
    public void Cond_WithoutALock_IsRefused() =>
        Assert.Throws<ArgumentNullException>(() => new Cond(null!));

    [Fact]
    public async Task Wait_NotLocked_Throws()
    {
        string message = Assert.Throws<SynchronizationLockException>(() => _cond.Wait()).Message;
        Assert.Contains("Cond.Wait: the lock is not locked", message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<SynchronizationLockException>(async () => await _cond.WaitAsync());
        Assert.True(_lock.TryLock());
        ValueTask waiting = _cond.WaitAsync();
        _lock.Unlock();
        await Assert.ThrowsAsync<SynchronizationLockException>(async () => await waiting);
        Assert.True(_lock.TryLock());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Signal_SeveralWait_WakesTheFirstWithTheLock(bool blocking)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        var order = new ConcurrentQueue<int>();
        var waiting = new List<Goroutine<bool>>();
        for (int i = 0; i < 3; i++)
        {
            int number = i;
            Goroutine<bool> goroutine = blocking
                ? scheduler.StartChecked(() =>
                {
                    using (_lock.Lock())
                    {
                        _cond.Wait();
                        Assert.False(_lock.TryLock());
                        order.Enqueue(number);
                    }
                })
                : scheduler.StartChecked(async () =>
                {
                    using (await _lock.LockAsync())
                    {
                        Goroutine? self = Go.Current;
                        await _cond.WaitAsync();
                        Assert.Same(self, Go.Current);
                        Assert.False(_lock.TryLock());
                        order.Enqueue(number);
                    }
                });
            waiting.Add(goroutine);
            await Limits.Until(() => Waits(goroutine), "it waits", scheduler);
        }

        _cond.Signal();
        await waiting[0].Within();
        Assert.False(waiting[1].Completion.IsCompleted || waiting[2].Completion.IsCompleted);
        using (_lock.Lock())
        {
            _cond.Signal(); // it waits for the lock then
            Assert.Single(order);
        }

        await waiting[1].Within();
        _cond.Broadcast();
        await waiting.Within();
        Assert.Equal([0, 1, 2], order);
        _cond.Signal();
        _cond.Broadcast();
        Assert.True(_lock.TryLock());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Wait_Cancelled_ThrowsWithTheLock(bool blocking)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        using var source = new CancellationTokenSource();
        Goroutine<bool> waiting = blocking
            ? scheduler.StartChecked(() =>
            {
                using (_lock.Lock())
                {
                    Assert.ThrowsAny<OperationCanceledException>(() => _cond.Wait(source.Token));
                    Assert.False(_lock.TryLock());
                }
            })
            : scheduler.StartChecked(async () =>
            {
                using (await _lock.LockAsync())
                {
                    var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(
                        async () => await _cond.WaitAsync(source.Token));
                    Assert.Equal(source.Token, exception.CancellationToken);
                    Assert.False(_lock.TryLock());
                }
            });
        await Limits.Until(() => Waits(waiting), "it waits", scheduler);
        Assert.True(_lock.TryLock());
        await source.CancelAsync();
        Assert.False(waiting.Completion.IsCompleted);
        _lock.Unlock();
        await waiting.Within();

        using (_lock.Lock())
        {
            Assert.ThrowsAny<OperationCanceledException>(() => _cond.Wait(source.Token));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await _cond.WaitAsync(source.Token));
            Assert.False(_lock.TryLock());
        }

        Assert.True(_lock.TryLock());
    }

    [Fact]
    public async Task WaitAsync_CancelledBetweenTheCallAndTheAwait_KeepsTheLock()
    {
        using var source = new CancellationTokenSource();
        Assert.True(_lock.TryLock());
        ValueTask waiting = _cond.WaitAsync(source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting);
        Assert.False(_lock.TryLock());
        _lock.Unlock();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Wait_CancellationRacesTheSignal_NoSignalIsLost(int procs)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs);
        await scheduler.StartChecked(async () =>
        {
            long start = Stopwatch.GetTimestamp();
            int signalled = 0, rounds = 0;
            for (; rounds < 100_000 && Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(1); rounds++)
            {
                using var source = new CancellationTokenSource();
                Goroutine<bool> first = scheduler.Start(() => TryWaitAsync(source.Token));
                await UntilWaitingAsync(1);
                Goroutine<bool> second = scheduler.Start(() => TryWaitAsync(CancellationToken.None));
                await UntilWaitingAsync(2);
                _begun = 0;
                Goroutine<bool> canceller = scheduler.StartChecked(source.Cancel);
                if (rounds % 2 != 0)
                    Thread.SpinWait(rounds % 16);
                if (rounds % 5 == 0)
                    await Go.Yield();
                _cond.Signal();
                await canceller;
                bool wasFirst = await first;
                if (wasFirst)
                    signalled++;
                if (wasFirst)
                {
                    Assert.False(second.Completion.IsCompleted);
                    _cond.Signal();
                }

                Assert.True(await second); // the signal went to it if the first was cancelled before it
                Assert.True(_lock.TryLock());
                _lock.Unlock();
            }

            Assert.True(signalled > 0 && signalled < rounds, $"{signalled} of {rounds} signalled: there was no race.");
        }).Within();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Cond_BoundedQueueOfGoroutinesAndThreads_LosesNothing(int procs)
    {
        const int Each = 1_000;
        const int Room = 3;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs);
        var notFull = new Cond(_lock);
        var queue = new Queue<int>();
        long sum = 0;

        async Task PutAsync()
        {
            for (int i = 1; i <= Each; i++)
            {
                using (await _lock.LockAsync())
                {
                    while (queue.Count == Room)
                        await notFull.WaitAsync();
                    queue.Enqueue(i);
                    _cond.Signal();
                }
            }
        }

        async Task TakeAsync()
        {
            for (int i = 1; i <= Each; i++)
            {
                using (await _lock.LockAsync())
                {
                    while (queue.Count == 0)
                        await _cond.WaitAsync();
                    sum += queue.Dequeue();
                    notFull.Signal();
                }
            }
        }

        void Take()
        {
            for (int i = 1; i <= Each; i++)
            {
                using (_lock.Lock())
                {
                    while (queue.Count == 0)
                        _cond.Wait();
                    sum += queue.Dequeue();
                    notFull.Signal();
                }
            }
        }

        Goroutine<bool>[] goroutines =
        [
            .. scheduler.StartMany(8, _ => PutAsync()),
            .. scheduler.StartMany(4, _ => TakeAsync()),
            .. scheduler.StartMany(2, _ => Take()),
        ];
        Task[] outside = [Task.Run(TakeAsync), Task.Factory.StartNew(Take, TaskCreationOptions.LongRunning)];
        await goroutines.Within();
        await Task.WhenAll(outside).Within(scheduler);
        Assert.Equal(8L * Each * (Each + 1) / 2, sum);
        Assert.True(_lock.TryLock());
    }

    [Fact]
    public async Task Dispose_GoroutinesWait_TheSignalGoesToTheNextAndTheLockIsFree()
    {
        using var test = TestScheduler.Create(out Scheduler scheduler);
        scheduler.StartMany(10, async _ =>
        {
            using (await _lock.LockAsync())
                await _cond.WaitAsync();
        });
        await Limits.UntilParked(scheduler, 10, "all wait");
        test.Dispose();
        Assert.True(_lock.TryLock());
        Task next = _cond.WaitAsync().AsTask();
        _cond.Signal();
        await next.WaitAsync(Limits.Hang);
        _lock.Unlock();
        Assert.True(_lock.TryLock());
    }

    [Fact]
    public async Task Dispose_TheSignalledGoroutineWaitsForTheLock_TheSignalGoesToTheNext()
    {
        using var test = TestScheduler.Create(out Scheduler scheduler);
        scheduler.Start(async () =>
        {
            using (await _lock.LockAsync())
                await _cond.WaitAsync();
        });
        await Limits.UntilParked(scheduler, 1, "it waits");
        Assert.True(_lock.TryLock());
        _cond.Signal();
        test.Dispose();
        Task next = _cond.WaitAsync().AsTask(); // gives up the lock, which the goroutine of the disposed scheduler cannot take
        await next.WaitAsync(Limits.Hang);
        _lock.Unlock();
        Assert.True(_lock.TryLock());
    }

    [Fact]
    public async Task Dispose_TheSignalIsOnItsWayToAGoroutineThatNeverRuns_GoesToTheNext()
    {
        Task? next = null;
        await SchedulerDisposeWaiterTests.DisposeWithOneAwakeAsync(
            async () =>
            {
                using (await _lock.LockAsync())
                    await _cond.WaitAsync();
            },
            () =>
            {
                Assert.True(_lock.TryLock());
                next = _cond.WaitAsync().AsTask();
                _cond.Signal();
            });
        await next!.WaitAsync(Limits.Hang);
        _lock.Unlock();
        Assert.True(_lock.TryLock());
    }

    [Fact]
    public void Wait_ThreadInterrupted_ThrowsWithTheLock()
    {
        Thread thread = InterruptTests.Waiting(
            () =>
            {
                using (_lock.Lock())
                {
                    try
                    {
                        _cond.Wait();
                    }
                    finally
                    {
                        Assert.False(_lock.TryLock());
                    }
                }
            },
            out Func<bool> wasInterrupted);
        thread.Interrupt();
        InterruptTests.Join(thread);
        Assert.True(wasInterrupted());
        Assert.True(_lock.TryLock());
    }

    [Fact]
    public void Run_NobodySignals_IsADeadlockThatNamesIt()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var exception = Assert.Throws<DeadlockException>(() => scheduler.Run(async () =>
        {
            var @lock = new GoLock();
            var cond = new Cond(@lock);
            using (await @lock.LockAsync())
                await cond.WaitAsync();
        }));
        Assert.Equal("condition", Assert.Single(exception.Goroutines).WaitReason);
    }

    [ReleaseIsEnough]
    [Fact]
    public async Task WaitAsync_InTheSteadyState_AllocatesNothing()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        bool isOver = false;
        bool isTurn = false;
        await scheduler.StartChecked(async () =>
        {
            Goroutine other = Go.Start(Signal);
            await Allocations.AssertNoneAsync(Loop);
            isOver = true;
            await other.Completion;
        }).Within();

        async Task Signal()
        {
            while (!isOver)
            {
                using (await _lock.LockAsync())
                {
                    isTurn = true;
                    _cond.Signal();
                }

                await Go.Yield();
            }
        }

        async ValueTask Loop()
        {
            using (await _lock.LockAsync())
            {
                for (int i = 0; i < Allocations.Operations; i++)
                {
                    isTurn = false;
                    while (!isTurn)
                        await _cond.WaitAsync();
                }
            }
        }
    }

    /// <summary>A waiter that has begun has the lock until it is in the condition's line.</summary>
    private async Task UntilWaitingAsync(int count)
    {
        while (true)
        {
            using (await _lock.LockAsync())
            {
                if (_begun == count)
                    return;
            }

            await Go.Yield();
        }
    }

    private async Task<bool> TryWaitAsync(CancellationToken token)
    {
        using (await _lock.LockAsync(CancellationToken.None))
        {
            _begun++;
            try
            {
                await _cond.WaitAsync(token);
                return true;
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }
    }

    private static bool Waits(Goroutine goroutine) => goroutine.Status is GoroutineStatus.Parked or GoroutineStatus.Blocked;
}
