using Weft.Tests.Support;

namespace Weft.Tests.Sync;

public sealed class WaitGroupTests
{
    [Fact]
    public async Task WaitAsync_ManyDone_EndsAfterTheLast()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            var group = new WaitGroup();
            int done = 0;
            Goroutine? self = Go.Current;
            for (int round = 0; round < 20; round++)
            {
                group.Add(50);
                for (int i = 0; i < 50; i++)
                {
                    scheduler.Start(async () =>
                    {
                        await Go.Yield();
                        Interlocked.Increment(ref done);
                        group.Done();
                    });
                }

                await group.WaitAsync();
                Assert.Same(self, Go.Current);
                Assert.Equal(50 * (round + 1), Volatile.Read(ref done));
            }
        }).Within();
    }

    [Fact]
    public async Task Go_SynchronousAndAsynchronousBodies_AreWaitedFor()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            var group = new WaitGroup();
            int done = 0;
            for (int i = 0; i < 20; i++)
            {
                group.Go(() => { Interlocked.Increment(ref done); });
                Goroutine child = group.Go(async () =>
                {
                    await Task.Delay(1);
                    Interlocked.Increment(ref done);
                });
                Assert.Matches(@"WaitGroupTests\.cs:\d+$", child.StartSite);
            }

            await group.WaitAsync();
            Assert.Equal(40, done);
        }).Within();
    }

    [Fact]
    public async Task Wait_OutsideGoroutines_BlocksUntilDone()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        using var gate = new Gate();
        var group = new WaitGroup();
        bool ended = false;
        await scheduler.StartChecked(() => group.Go(() =>
        {
            gate.Wait();
            Volatile.Write(ref ended, true);
        })).Within();
        Task waiting = Task.Run(() =>
        {
            group.Wait();
            Assert.True(Volatile.Read(ref ended));
        });
        Assert.False(waiting.IsCompleted);
        gate.Open();
        await waiting.Within(scheduler);
        group.Wait();
    }

    [Fact]
    public void Done_TooOften_ThrowsGosErrorAndChangesNothing()
    {
        var group = new WaitGroup();
        Assert.Equal("negative WaitGroup counter", Assert.Throws<InvalidOperationException>(group.Done).Message);
        group.Add(1);
        Assert.Throws<InvalidOperationException>(() => group.Add(-2));
        Assert.Throws<OverflowException>(() => group.Add(int.MaxValue));
        group.Done();
        Assert.True(group.WaitAsync().AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Add_BeforeAWaitHasReturned_ThrowsGosErrorInTheWait()
    {
        var group = new WaitGroup();
        group.Add(1);
        ValueTask wait = group.WaitAsync();
        group.Done();
        group.Add(1);
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(async () => await wait);
        Assert.Equal("WaitGroup is reused before previous Wait has returned", exception.Message);
    }

    [Fact]
    public async Task WaitAsync_Cancelled_ThrowsAndOthersGoOn()
    {
        var group = new WaitGroup();
        using var source = new CancellationTokenSource();
        group.Add(1);
        Task other = group.WaitAsync().AsTask();
        Task cancelled = group.WaitAsync(source.Token).AsTask();
        Task blocked = Task.Run(() => group.Wait(source.Token));
        await source.CancelAsync();
        Assert.Equal(source.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled)).CancellationToken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => blocked.WaitAsync(Limits.Hang));
        Assert.True(group.WaitAsync(source.Token).AsTask().IsCanceled);
        Assert.False(other.IsCompleted);
        group.Done();
        await other.WaitAsync(Limits.Hang);
    }

    [Fact]
    public async Task Go_BodyThrows_IsUnhandledAndStillDone()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, exceptions: UnhandledExceptionPolicy.Report);
        var told = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        scheduler.UnhandledException += (_, e) => told.TrySetResult(e.Exception);
        await scheduler.StartChecked(async () =>
        {
            var group = new WaitGroup();
            group.Go(() => throw new InvalidOperationException("mine"));
            await group.WaitAsync();
        }).Within();
        Assert.Equal("mine", (await told.Task.Within(scheduler)).Message);
    }

    [Fact]
    public async Task Go_SchedulerDisposed_TellsTheWaiter()
    {
        var group = new WaitGroup();
        using (TestScheduler.Create(out Scheduler scheduler))
            await scheduler.StartChecked(() => group.Go(async () => await Go.SleepAsync(TimeSpan.MaxValue))).Within();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await group.WaitAsync().AsTask().WaitAsync(Limits.Hang));
    }

    [Fact]
    public void Go_NullBody_Throws()
    {
        Assert.Throws<ArgumentNullException>("body", () => new WaitGroup().Go((Action)null!));
        Assert.Throws<ArgumentNullException>("body", () => new WaitGroup().Go((Func<Task>)null!));
    }

    [Fact]
    public void Run_ChildrenSleepForEver_IsADeadlock()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var exception = Assert.Throws<DeadlockException>(() => scheduler.Run(async () =>
        {
            var group = new WaitGroup();
            group.Go(async () => await Go.SleepAsync(TimeSpan.MaxValue));
            await group.WaitAsync();
        }));
        Assert.Contains("wait group", exception.Goroutines.Select(goroutine => goroutine.WaitReason));
    }

    [Fact]
    public void Run_ATaskWillBeDone_IsNoDeadlock()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var group = new WaitGroup();
        group.Add(1);
        using var timer = new Timer(_ => group.Done(), null, TimeSpan.FromSeconds(1.5), Timeout.InfiniteTimeSpan);
        scheduler.Run(async () => await group.WaitAsync());
    }
}
