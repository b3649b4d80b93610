using Weft.Tests.Support;

namespace Weft.Tests.Sync;

public sealed class GoSemaphoreTests
{
    [Fact]
    public async Task Acquire_Weights_CountAndAreGivenBack()
    {
        var semaphore = new GoSemaphore(10);
        Assert.Equal((10, 10), (semaphore.Permits, semaphore.FreePermits));
        using (await semaphore.AcquireAsync(7))
        {
            Assert.Equal(3, semaphore.FreePermits);
            Assert.False(semaphore.TryAcquire(4));
            using (semaphore.Acquire(3))
                Assert.False(semaphore.TryAcquire());
            Assert.True(semaphore.TryAcquire(2));
            semaphore.Release(2);
        }

        Assert.Equal(10, semaphore.FreePermits);
    }

    [Fact]
    public void Release_MoreThanAreTaken_ThrowsAndReleasesNothing()
    {
        var semaphore = new GoSemaphore(3);
        Assert.Throws<SemaphoreFullException>(() => semaphore.Release());
        Assert.True(semaphore.TryAcquire());
        string message = Assert.Throws<SemaphoreFullException>(() => semaphore.Release(2)).Message;
        Assert.Contains("GoSemaphore.Release: fewer than 2 permits are taken", message, StringComparison.Ordinal);
        Assert.Equal(2, semaphore.FreePermits);
        semaphore.Release();
        Assert.Equal(3, semaphore.FreePermits);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(4)]
    public async Task Permits_OutOfRange_AreRefused(int permits)
    {
        var semaphore = new GoSemaphore(3);
        Assert.Equal("permits", Assert.Throws<ArgumentOutOfRangeException>(() => semaphore.TryAcquire(permits)).ParamName);
        Assert.Equal("permits", Assert.Throws<ArgumentOutOfRangeException>(() => semaphore.Acquire(permits)).ParamName);
        Assert.Equal("permits", Assert.Throws<ArgumentOutOfRangeException>(() => semaphore.Release(permits)).ParamName);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await semaphore.AcquireAsync(permits));
        Assert.Equal("permits", Assert.Throws<ArgumentOutOfRangeException>(() => new GoSemaphore(Math.Min(permits, 0))).ParamName);
        Assert.Equal(3, semaphore.FreePermits);
    }

    [Fact]
    public async Task AcquireAsync_ALargeRequestWaits_SmallOnesDoNotOvertakeIt()
    {
        var semaphore = new GoSemaphore(3);
        Assert.True(semaphore.TryAcquire(2));
        Task<GoSemaphore.Releaser> large = semaphore.AcquireAsync(3).AsTask();
        Task<GoSemaphore.Releaser> small = semaphore.AcquireAsync(1).AsTask();
        Assert.False(semaphore.TryAcquire());
        semaphore.Release();
        Assert.False(large.IsCompleted || small.IsCompleted);
        semaphore.Release();
        GoSemaphore.Releaser taken = await large.WaitAsync(Limits.Hang);
        Assert.False(small.IsCompleted);
        taken.Dispose();
        (await small.WaitAsync(Limits.Hang)).Dispose();
        Assert.Equal(3, semaphore.FreePermits);
    }

    [Fact]
    public async Task AcquireAsync_TheLargeRequestIsCancelled_AllThatNowFitGetTheirs()
    {
        using var source = new CancellationTokenSource();
        var semaphore = new GoSemaphore(3);
        Assert.True(semaphore.TryAcquire());
        Task large = semaphore.AcquireAsync(3, source.Token).AsTask();
        Task<GoSemaphore.Releaser>[] small = [.. Enumerable.Range(0, 2).Select(_ => semaphore.AcquireAsync().AsTask())];
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large.WaitAsync(Limits.Hang));
        await Task.WhenAll(small).WaitAsync(Limits.Hang);
        Assert.Equal(0, semaphore.FreePermits);
    }

    [Fact]
    public async Task Dispose_ALargeRequestWaitsThatNeverRuns_OthersGetPastIt()
    {
        var semaphore = new GoSemaphore(3);
        Assert.True(semaphore.TryAcquire());
        using var test = TestScheduler.Create(out Scheduler scheduler);
        scheduler.Start(async () => (await semaphore.AcquireAsync(3)).Dispose());
        await Limits.UntilParked(scheduler, 1, "it waits");
        Assert.False(semaphore.TryAcquire());
        test.Dispose();
        (await semaphore.AcquireAsync(2).AsTask().WaitAsync(Limits.Hang)).Dispose();
        Assert.Equal(2, semaphore.FreePermits);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task GoSemaphore_GoroutinesAndThreads_NeverHaveMoreThanThereAre(int procs)
    {
        const int Permits = 5;
        const int Each = 1_000;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs);
        var semaphore = new GoSemaphore(Permits);
        int taken = 0;

        static void Cancel(CancellationTokenSource source)
        {
            try
            {
                source.Cancel();
            }
            catch (ObjectDisposedException)
            {
            }
        }

        void Check(int permits)
        {
            Assert.InRange(Interlocked.Add(ref taken, permits), permits, Permits);
            Interlocked.Add(ref taken, -permits);
        }

        async Task UseAsync(int user)
        {
            for (int turn = 0; turn < Each; turn++)
            {
                int permits = ((turn + user) % Permits) + 1;
                using var source = new CancellationTokenSource();
                try
                {
                    ValueTask<GoSemaphore.Releaser> taking = semaphore.AcquireAsync(permits, turn % 3 == 0 ? source.Token : default);
                    if (turn % 3 == 0)
                        ThreadPool.QueueUserWorkItem(_ => Cancel(source));
                    using (await taking)
                    {
                        if (turn % 16 == 0)
                            await Task.Yield();
                        Check(permits);
                    }
                }
                catch (OperationCanceledException) when (turn % 3 == 0)
                {
                }
            }
        }

        void Use()
        {
            for (int turn = 0; turn < Each; turn++)
            {
                int permits = (turn % Permits) + 1;
                using (semaphore.Acquire(permits))
                    Check(permits);
            }
        }

        Goroutine<bool>[] goroutines = [.. scheduler.StartMany(12, UseAsync), .. scheduler.StartMany(3, _ => Use())];
        Task[] threads = [.. Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(Use, TaskCreationOptions.LongRunning))];
        await goroutines.Within();
        await Task.WhenAll(threads).Within(scheduler);
        Assert.Equal(Permits, semaphore.FreePermits);
    }
}
