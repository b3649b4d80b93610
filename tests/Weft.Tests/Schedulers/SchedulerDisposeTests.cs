using System.Collections.Concurrent;
using Weft.Tests.Support;

namespace Weft.Tests.Schedulers;

public sealed class SchedulerDisposeTests
{
    [Fact]
    public void Dispose_NeverUsed_HasNoThreads()
    {
        var scheduler = new Scheduler(new SchedulerOptions { Name = TestScheduler.NextName() });
        Assert.Empty(TaskList.Of(scheduler));
        scheduler.Dispose();
        scheduler.Dispose();
        TestScheduler.AssertGone(scheduler);
    }

    [Fact]
    public async Task Dispose_ThreadsIdle_JoinsAllAndUnmapsAllStacks()
    {
        using var test = TestScheduler.Create(out Scheduler scheduler, idleMilliseconds: 60_000);
        await scheduler.StartMany(50, _ => Thread.Sleep(5)).Within();
        Assert.NotEmpty(TaskList.Of(scheduler));
        test.Dispose();
        Assert.Equal(0, scheduler.Statistics.StackBytesMapped);
    }

    [Theory]
    [InlineData("read")]
    [InlineData("wait")]
    [InlineData("declared")]
    [InlineData("computing")]
    public async Task Dispose_WhileGoroutinesHoldThreads_WaitsForThemToEnd(string how)
    {
        const int Goroutines = 10;
        using var test = TestScheduler.Create(out Scheduler scheduler);
        using var pipe = new BlockingPipe();
        using var release = new Gate();
        using var entered = new CountdownEvent(Goroutines);
        int ended = 0;
        scheduler.StartMany(Goroutines, _ =>
        {
            entered.Signal();
            switch (how)
            {
                case "read":
                    pipe.Read();
                    break;
                case "wait":
                    release.Wait();
                    break;
                case "declared":
                    Go.Blocking(pipe.Read);
                    break;
                default:
                    while (!release.IsOpen)
                        Thread.SpinWait(100);
                    break;
            }

            Interlocked.Increment(ref ended);
        });
        await Task.Run(() => entered.Wait(Limits.Hang)).Within(scheduler);
        Task disposing = scheduler.DisposeAsync().AsTask();
        await Limits.Until(() => Throws<ObjectDisposedException>(() => scheduler.Start(() => { })), "disposal has begun", scheduler);
        Assert.False(disposing.IsCompleted);
        pipe.Release(Goroutines);
        release.Open();
        await disposing.Within(scheduler);
        Assert.Equal(Goroutines, ended);
        Assert.Equal(0, scheduler.Statistics.StackBytesMapped);
    }

    [Fact]
    public async Task Dispose_WhileGoroutinesAreParked_LetsThemGoAndRefusesWhatComesLate()
    {
        const int Goroutines = 20;
        using var test = TestScheduler.Create(out Scheduler scheduler);
        var gate = new TaskCompletionSource();
        int refused = 0, wentOn = 0;
        scheduler.WorkRefused += (sender, _) =>
        {
            Assert.Same(scheduler, sender);
            Interlocked.Increment(ref refused);
        };
        Goroutine<bool>[] parked = scheduler.StartMany(Goroutines, async _ =>
        {
            await gate.Task;
            Interlocked.Increment(ref wentOn);
        });
        await Limits.UntilParked(scheduler, Goroutines, "all goroutines parked");
        test.Dispose();
        foreach (Goroutine<bool> goroutine in parked)
        {
            await Assert.ThrowsAsync<ObjectDisposedException>(() => goroutine.Within());
            await Assert.ThrowsAsync<ObjectDisposedException>(() => goroutine.Completion.Within(scheduler));
            Assert.Equal(GoroutineStatus.Ended, goroutine.Status);
        }

        gate.SetResult();
        await Limits.Until(() => Volatile.Read(ref refused) == Goroutines, "each late continuation was refused", scheduler);
        Assert.Equal(Goroutines, scheduler.Statistics.WorkRefused);
        Assert.Equal(0, wentOn);
        TestScheduler.AssertGone(scheduler);
    }

    [Fact]
    public async Task Dispose_WhileGoroutinesSleep_DoesNotWaitForTheTimers()
    {
        using var test = TestScheduler.Create(out Scheduler scheduler);
        scheduler.StartMany(20, async _ => await Go.SleepAsync(TimeSpan.FromHours(1)));
        await Limits.Until(() => scheduler.Statistics.Timers == 20, "all goroutines sleep", scheduler);
        test.Dispose();
    }

    [Fact]
    public async Task Dispose_UnderLoadFromOutside_LeavesNothing()
    {
        for (int round = 0; round < 20; round++)
        {
            using var test = TestScheduler.Create(out Scheduler scheduler, procs: 4, idleMilliseconds: 1 + round);
            using var stop = new Gate();
            var feeder = new Thread(() =>
            {
                try
                {
                    while (!stop.IsOpen)
                    {
                        scheduler.Start(async () => await Go.Yield());
                        scheduler.Start(() => Thread.Sleep(0));
                        scheduler.Start(async () => await Go.SleepAsync(TimeSpan.FromMicroseconds(50)));
                        scheduler.Start(() => Go.LockOSThread());
                    }
                }
                catch (ObjectDisposedException)
                {
                    // What it waits for.
                }
            });
            feeder.Start();
            await Limits.Until(() => scheduler.Statistics.GoroutinesEnded > 50, "goroutines come and go", scheduler);
            test.Dispose();
            stop.Open();
            feeder.Join();
            Assert.Equal(0, scheduler.Statistics.StackBytesMapped);
        }
    }

    [Fact]
    public async Task Dispose_FromAGoroutineOfItsOwn_Throws()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(() =>
        {
            string message = Assert.Throws<InvalidOperationException>(scheduler.Dispose).Message;
            Assert.Contains($"'{scheduler.Name}'", message, StringComparison.Ordinal);
            Assert.Contains("Task.Run", message, StringComparison.Ordinal);
        }).Within();
        Assert.Equal(1, await scheduler.Start(() => 1).Within());
    }

    [Fact]
    public async Task Dispose_FromAGoroutineOfAnother_Works()
    {
        using var _ = TestScheduler.Create(out Scheduler outer, procs: 1);
        await outer.StartChecked(async () =>
        {
            using var test = TestScheduler.Create(out Scheduler inner, procs: 1);
            Assert.Equal(1, await inner.Start(() => 1));
        }).Within();
    }

    [Fact]
    public async Task Start_AfterDispose_Throws()
    {
        using var test = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.Start(() => { }).Within();
        test.Dispose();
        Assert.Throws<ObjectDisposedException>(() => scheduler.Start(() => { }));
        Assert.Throws<ObjectDisposedException>(() => scheduler.Start(() => 1));
        Assert.Throws<ObjectDisposedException>(() => scheduler.Run(() => 1));
        Assert.Empty(scheduler.GetGoroutines());
    }

    [Fact]
    public async Task Dispose_SeveralSchedulersAtOnceFiftyTimes_LeavesNothing()
    {
        var all = new ConcurrentBag<Scheduler>();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (int round = 0; round < 50; round++)
            {
                using var _ = TestScheduler.Create(out Scheduler scheduler);
                all.Add(scheduler);
                await scheduler.StartMany(10, async i =>
                {
                    await Go.Yield();
                    if (i % 5 == 0)
                        Thread.Sleep(1);
                }).Within();
            }
        })));
        Assert.All(all, scheduler => Assert.Equal(0, scheduler.Statistics.StackBytesMapped));
    }

    private static bool Throws<T>(Action action)
        where T : Exception
    {
        try
        {
            action();
            return false;
        }
        catch (T)
        {
            return true;
        }
    }
}
