using System.Collections.Concurrent;
using Weft.Tests.Support;

namespace Weft.Tests.Sync;

public sealed class RWLockTests
{
    [Fact]
    public async Task ReadLock_SeveralReaders_AreInTogetherAndKeepAWriterOut()
    {
        var @lock = new RWLock();
        using (await @lock.ReadLockAsync())
        using (@lock.ReadLock())
        {
            Assert.True(@lock.TryReadLock());
            Assert.False(@lock.TryLock());
            @lock.ReadUnlock();
            Assert.False(@lock.TryLock());
        }

        using (await @lock.LockAsync())
        {
            Assert.False(@lock.TryReadLock());
            Assert.False(@lock.TryLock());
        }

        Assert.True(@lock.TryLock());
    }

    [Fact]
    public void Unlock_NotLockedThatWay_Throws()
    {
        var @lock = new RWLock();
        Assert.Throws<SynchronizationLockException>(@lock.Unlock);
        Assert.Throws<SynchronizationLockException>(@lock.ReadUnlock);
        Assert.True(@lock.TryReadLock());
        string message = Assert.Throws<SynchronizationLockException>(@lock.Unlock).Message;
        Assert.Contains("RWLock.Unlock: the lock is not locked for writing", message, StringComparison.Ordinal);
        @lock.ReadUnlock();
        Assert.True(@lock.TryLock());
        message = Assert.Throws<SynchronizationLockException>(@lock.ReadUnlock).Message;
        Assert.Contains("RWLock.ReadUnlock: the lock is not locked for reading", message, StringComparison.Ordinal);
        @lock.Unlock();
        Assert.True(@lock.TryLock());
    }

    [Fact]
    public void Dispose_TwiceOnTheSameVariable_UnlocksOnce()
    {
        var @lock = new RWLock();
        RWLock.Releaser first = @lock.ReadLock();
        using RWLock.Releaser second = @lock.ReadLock();
        first.Dispose();
        first.Dispose();
        Assert.False(@lock.TryLock());
    }

    [Fact]
    public async Task ReadLockAsync_AWriterWaits_WaitsBehindIt()
    {
        var @lock = new RWLock();
        var order = new ConcurrentQueue<string>();
        Assert.True(@lock.TryReadLock());
        Task writer = Wait(@lock.LockAsync().AsTask(), "writer", order);
        Assert.False(@lock.TryReadLock());
        Task reader = Wait(@lock.ReadLockAsync().AsTask(), "reader", order);
        Assert.False(writer.IsCompleted || reader.IsCompleted);
        @lock.ReadUnlock();
        await Task.WhenAll(writer, reader).WaitAsync(Limits.Hang);
        Assert.Equal(["writer", "reader"], order);
        Assert.True(@lock.TryLock());
    }

    [Fact]
    public async Task Unlock_ReadersAndWritersWait_AllReadersGetInAndThenOneWriter()
    {
        var @lock = new RWLock();
        Assert.True(@lock.TryLock());
        Task<RWLock.Releaser> firstReader = @lock.ReadLockAsync().AsTask();
        Task<RWLock.Releaser> firstWriter = @lock.LockAsync().AsTask();
        Task<RWLock.Releaser> secondWriter = @lock.LockAsync().AsTask();
        Task<RWLock.Releaser> secondReader = @lock.ReadLockAsync().AsTask();
        @lock.Unlock();
        RWLock.Releaser[] readers = await Task.WhenAll(firstReader, secondReader).WaitAsync(Limits.Hang);
        Assert.False(firstWriter.IsCompleted || secondWriter.IsCompleted);
        Assert.False(@lock.TryReadLock());
        Array.ForEach(readers, reader => reader.Dispose());
        RWLock.Releaser writing = await firstWriter.WaitAsync(Limits.Hang);
        Assert.False(secondWriter.IsCompleted);
        writing.Dispose();
        (await secondWriter.WaitAsync(Limits.Hang)).Dispose();
        Assert.True(@lock.TryLock());
    }

    [Fact]
    public async Task LockAsync_TheWaitingWriterIsCancelled_TheReadersBehindItGetIn()
    {
        using var source = new CancellationTokenSource();
        var @lock = new RWLock();
        Assert.True(@lock.TryReadLock());
        Task writer = @lock.LockAsync(source.Token).AsTask();
        Task<RWLock.Releaser> reader = @lock.ReadLockAsync().AsTask();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writer.WaitAsync(Limits.Hang));
        (await reader.WaitAsync(Limits.Hang)).Dispose();
        @lock.ReadUnlock();
        Assert.True(@lock.TryLock());
    }

    [Fact]
    public async Task Dispose_AWriterWaitsThatNeverRuns_ReadersGetPastIt()
    {
        var @lock = new RWLock();
        Assert.True(@lock.TryReadLock());
        using var test = TestScheduler.Create(out Scheduler scheduler);
        scheduler.StartMany(2, async _ => (await @lock.LockAsync()).Dispose());
        await Limits.UntilParked(scheduler, 2, "the writers wait");
        Assert.False(@lock.TryReadLock());
        test.Dispose();
        (await @lock.ReadLockAsync().AsTask().WaitAsync(Limits.Hang)).Dispose();
        @lock.ReadUnlock();
        Assert.True(@lock.TryLock());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task RWLock_GoroutinesThreadsAndThePool_ExcludeAsTheyShould(int procs)
    {
        const int Each = 1_000;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs);
        var @lock = new RWLock();
        int readers = 0, written = 0, writers = 0;

        void Read()
        {
            Interlocked.Increment(ref readers);
            Assert.Equal(0, Volatile.Read(ref writers));
            Interlocked.Decrement(ref readers);
        }

        void Write()
        {
            Assert.Equal(1, Interlocked.Increment(ref writers));
            Assert.Equal(0, Volatile.Read(ref readers));
            written++;
            Interlocked.Decrement(ref writers);
        }

        async Task UseAsync(int user)
        {
            for (int turn = 0; turn < Each; turn++)
            {
                if (turn % 4 == user % 4)
                {
                    using (await @lock.LockAsync())
                    {
                        if (turn % 16 == 0)
                            await Task.Yield();
                        Write();
                    }
                }
                else
                {
                    using (await @lock.ReadLockAsync())
                    {
                        if (turn % 16 == 0)
                            await Task.Yield();
                        Read();
                    }
                }
            }
        }

        void Use()
        {
            for (int turn = 0; turn < Each; turn++)
            {
                if (turn % 4 == 0)
                {
                    using (@lock.Lock())
                        Write();
                }
                else
                {
                    using (@lock.ReadLock())
                        Read();
                }
            }
        }

        Goroutine<bool>[] goroutines = [.. scheduler.StartMany(12, UseAsync), .. scheduler.StartMany(3, _ => Use())];
        Task[] pool = [.. Enumerable.Range(0, 3).Select(i => Task.Run(() => UseAsync(i)))];
        Task[] threads = [.. Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(Use, TaskCreationOptions.LongRunning))];
        await goroutines.Within();
        await Task.WhenAll([.. pool, .. threads]).Within(scheduler);
        Assert.Equal((12 + 3 + 3 + 2) * Each / 4, written);
        Assert.True(@lock.TryLock());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RWLock_OthersLockAllTheTime_NobodyStarves(bool othersRead)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        var @lock = new RWLock();
        using var stop = new Gate();
        Goroutine<bool>[] greedy = scheduler.StartMany(3, async _ =>
        {
            while (!stop.IsOpen)
            {
                using (othersRead ? await @lock.ReadLockAsync() : await @lock.LockAsync())
                    await Go.Yield();
            }
        });
        await scheduler.StartChecked(async () =>
        {
            for (int turn = 0; turn < 100; turn++)
            {
                using (othersRead ? await @lock.LockAsync() : await @lock.ReadLockAsync())
                    await Go.Yield();
            }
        }).Within();
        stop.Open();
        await greedy.Within();
        Assert.True(@lock.TryLock());
    }

    private static async Task Wait(Task<RWLock.Releaser> locking, string name, ConcurrentQueue<string> order)
    {
        using (await locking)
            order.Enqueue(name);
    }
}
