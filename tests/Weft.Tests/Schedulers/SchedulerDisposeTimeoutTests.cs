using Weft.Tests.Support;

namespace Weft.Tests.Schedulers;

/// <summary>
/// The disposer of a scheduler need not wait for ever: not for calls that never return, and not when the own thread is interrupted.
/// </summary>
public sealed class SchedulerDisposeTimeoutTests
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(50);

    private static SchedulerOptions Options(TimeSpan timeout) =>
        new() { Name = TestScheduler.NextName(), MaxProcs = 2, DisposeTimeout = timeout };

    [Theory]
    [InlineData("read", true)]
    [InlineData("wait", true)]
    [InlineData("declared", false)]
    [InlineData("computing", false)]
    [InlineData("task", true)]
    public async Task Dispose_CallsDoNotReturn_NamesThemAndComesToItsEndLater(string how, bool async)
    {
        using var test = TestScheduler.Create(Options(s_short), out Scheduler scheduler);
        using var pipe = new BlockingPipe();
        using var release = new Gate();
        var never = new TaskCompletionSource();
        Goroutine parked = scheduler.Start(async () => await never.Task);
        var entered = new TaskCompletionSource<(long Id, int ThreadId)>();
        void Call()
        {
            entered.SetResult((Go.Current!.Id, TaskList.Current.Id));
            switch (how)
            {
                case "read":
                    pipe.Read();
                    break;
                case "declared":
                    Go.Blocking(pipe.Read);
                    break;
                case "computing":
                    while (!release.IsOpen)
                        Thread.SpinWait(100);
                    break;
                default:
                    release.Wait();
                    break;
            }
        }

        Task calling = how == "task"
            ? Task.Factory.StartNew(Call, CancellationToken.None, TaskCreationOptions.None, scheduler.TaskScheduler)
            : scheduler.Start(Call).Completion;
        (long id, int threadId) = await entered.Task;
        DisposeTimeoutException gaveUp = async
            ? await Assert.ThrowsAsync<DisposeTimeoutException>(async () => await scheduler.DisposeAsync())
            : Assert.Throws<DisposeTimeoutException>(scheduler.Dispose);
        UnreturnedCall call = Assert.Single(gaveUp.Calls);
        Assert.Equal(id, call.Goroutine.Id);
        Assert.Equal(threadId, call.ThreadId);
        Assert.Contains(call.Goroutine.StartSite, gaveUp.Message, StringComparison.Ordinal);
        Assert.Contains($"G{id}:", gaveUp.Message, StringComparison.Ordinal);
        Assert.Contains($"thread {threadId}", gaveUp.Message, StringComparison.Ordinal);
        Assert.Contains(scheduler.Name, gaveUp.Message, StringComparison.Ordinal);
        Assert.Throws<DisposeTimeoutException>(scheduler.Dispose);
        Assert.Throws<ObjectDisposedException>(() => scheduler.Start(() => { }));

        // Nobody disposes it now; what goes on is the monitor's.
        pipe.Release();
        release.Open();
        await calling.Within(scheduler);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => parked.Completion.Within(scheduler));
        TestScheduler.AssertGone(scheduler);
        scheduler.Dispose();
    }

    [Fact]
    public async Task Dispose_CallsReturnInTime_SaysNothing()
    {
        using var test = TestScheduler.Create(Options(Limits.Hang), out Scheduler scheduler);
        using var release = new Gate();
        using var entered = new CountdownEvent(10);
        Goroutine<bool>[] all = scheduler.StartMany(10, _ =>
        {
            entered.Signal();
            release.Wait();
        });
        Assert.True(await Task.Run(() => entered.Wait(Limits.Hang)));
        Task disposing = scheduler.DisposeAsync().AsTask();
        release.Open();
        await disposing.Within(scheduler);
        Assert.True(all[^1].Completion.IsCompleted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Dispose_InterruptedWhileItWaits_CanBeRepeatedAndEndsByItself(bool repeats)
    {
        for (int round = 0; round < 20; round++)
        {
            using var test = TestScheduler.Create(Options(Timeout.InfiniteTimeSpan), out Scheduler scheduler);
            using var release = new Gate();
            using var entered = new Gate();
            scheduler.Start(() =>
            {
                entered.Open();
                release.Wait();
            });
            entered.Wait();
            bool interrupted = false;
            var disposer = new Thread(() =>
            {
                try
                {
                    scheduler.Dispose();
                }
                catch (ThreadInterruptedException)
                {
                    interrupted = true;
                }
            });
            disposer.Start();
            await Limits.Until(() => IsDisposing(scheduler), "disposal has begun", scheduler);
            disposer.Interrupt();
            Assert.True(disposer.Join(Limits.Hang));
            Assert.True(interrupted);
            release.Open();
            if (repeats)
                await Task.Run(scheduler.Dispose).Within(scheduler);
            else
                await Limits.Until(
                    () => scheduler.Statistics is { Threads: 0, StackBytesMapped: 0 }, "the disposal has come to its end", scheduler);
            TestScheduler.AssertGone(scheduler);
        }
    }

    [Fact]
    public async Task Dispose_BySeveralOfWhichOneIsInterrupted_EndsForTheOthers()
    {
        using var test = TestScheduler.Create(Options(Timeout.InfiniteTimeSpan), out Scheduler scheduler);
        using var release = new Gate();
        using var entered = new Gate();
        scheduler.Start(() =>
        {
            entered.Open();
            release.Wait();
        });
        entered.Wait();
        Task[] others = [.. Enumerable.Range(0, 3).Select(_ => scheduler.DisposeAsync().AsTask())];
        await Limits.Until(() => IsDisposing(scheduler), "disposal has begun", scheduler);
        Exception? thrown = null;
        var disposer = new Thread(() => thrown = Record.Exception(scheduler.Dispose));
        disposer.Start();
        disposer.Interrupt();
        Assert.True(disposer.Join(Limits.Hang));
        Assert.IsType<ThreadInterruptedException>(thrown);
        release.Open();
        await Task.WhenAll(others).Within(scheduler);
        TestScheduler.AssertGone(scheduler);
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
