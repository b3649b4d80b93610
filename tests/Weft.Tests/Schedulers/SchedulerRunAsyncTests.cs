using Weft.Tests.Support;

namespace Weft.Tests.Schedulers;

/// <summary>Goroutines without a result that are awaited, and blocking calls that are awaited.</summary>
public sealed class SchedulerRunAsyncTests
{
    public static TheoryData<string> Forms =>
        ["action", "task", "body", "frame", "action-state", "task-state", "blocking", "blocking-state"];

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task RunAsync_BodyReturns_TheAwaitEndsAfterIt(string form)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        bool ran = false;
        AwaitableGoroutine goroutine = Start(scheduler, form, () => ran = true);
        await goroutine.Task.Within(scheduler);
        Assert.True(ran);
        await goroutine;
        Assert.True(goroutine.Task.IsCompletedSuccessfully);
        Assert.Equal(GoroutineStatus.Ended, goroutine.Status);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task RunAsync_BodyThrows_TheAwaitThrowsAndNothingIsUnhandled(string form)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, exceptions: UnhandledExceptionPolicy.Report);
        int reports = 0;
        scheduler.UnhandledException += (_, _) => Interlocked.Increment(ref reports);
        AwaitableGoroutine goroutine = Start(scheduler, form, () => throw new InvalidOperationException("mine"));
        Assert.Equal("mine", (await Assert.ThrowsAsync<InvalidOperationException>(() => goroutine.Task.Within(scheduler))).Message);
        await scheduler.StartChecked(async () =>
            Assert.Equal("mine", (await Assert.ThrowsAsync<InvalidOperationException>(async () => await goroutine)).Message)).Within();
        await goroutine.Completion.Within(scheduler);
        Assert.Equal(0, Volatile.Read(ref reports));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task RunAsync_BodyIsCancelled_TheTaskIsCancelledWithItsToken(string form)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var token = new CancellationToken(canceled: true);
        AwaitableGoroutine goroutine = Start(scheduler, form, token.ThrowIfCancellationRequested);
        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => goroutine.Task.Within(scheduler));
        Assert.Equal(token, exception.CancellationToken);
        Assert.True(goroutine.Task.IsCanceled);
        Assert.Equal(0, scheduler.Statistics.GoroutinesCancelled); // somebody was told
    }

    [Fact]
    public async Task RunAsync_AwaitedInAGoroutineBeforeTheEnd_ResumesIt()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            using var mayEnd = new ManualResetEventSlim();
            AwaitableGoroutine goroutine = Go.RunAsync(() => mayEnd.Wait());
            AwaitableGoroutine waiter = Go.RunAsync(async () => await goroutine);
            await Go.Yield();
            Assert.False(waiter.Task.IsCompleted);
            mayEnd.Set();
            await waiter;
        }).Within();
    }

    [Fact]
    public async Task RunAsync_GoExit_EndsItWithoutAnException()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        AwaitableGoroutine goroutine = scheduler.RunAsync(async () =>
        {
            await Go.Yield();
            Go.Exit();
        });
        await goroutine.Task.Within(scheduler);
    }

    [Fact]
    public async Task RunAsync_WaitsForEver_CountsForDeadlocksAsAwaitsOfGoroutinesDo()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await Task.Run(() => Assert.Throws<DeadlockException>(() => scheduler.Run(async () =>
            await Go.RunAsync(async () => await Go.SleepAsync(TimeSpan.MaxValue))))).Within(scheduler);
    }

    [Fact]
    public async Task RunAsync_SchedulerDisposed_TheAwaitTells()
    {
        AwaitableGoroutine goroutine;
        using (TestScheduler.Create(out Scheduler scheduler))
            goroutine = scheduler.RunAsync(async () => await Go.SleepAsync(TimeSpan.FromHours(1)));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await goroutine);
    }

    [Fact]
    public async Task RunAsync_MoreExceptionsThanOne_AreAllInTheTask()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        AwaitableGoroutine goroutine = scheduler.RunAsync(() => Task.WhenAll(
            Task.FromException(new IOException("one")),
            Task.FromException(new InvalidOperationException("two"))));
        await Assert.ThrowsAsync<IOException>(() => goroutine.Task.Within(scheduler));
        Assert.Equal(2, goroutine.Task.Exception!.InnerExceptions.Count);
    }

    [Fact]
    public async Task Start_StateAndResult_GivesTheResultOfTheState()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Assert.Equal(42, await scheduler.Start(static s => s.a * s.b, (a: 6, b: 7)).Within());
        Assert.Equal(42, await scheduler.Start(static s => Task.FromResult(s + 1), 41).Within());
        Assert.Equal(
            42,
            await scheduler.Start(
                static async s =>
                {
                    await Go.Yield();
                    return s + 1;
                },
                41).Within());
        await Assert.ThrowsAsync<IOException>(() => scheduler.Start(new Func<int, int>(static _ => throw new IOException()), 1).Within());
    }

    [Fact]
    public async Task RunBlocking_WithAndWithoutState_IsADeclaredCallOnAGoroutine()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        long before = scheduler.Statistics.HandOffsExplicit;
        Assert.Equal(scheduler, await scheduler.RunBlocking(() => Go.Current!.Scheduler).Within());
        Assert.Equal(3, await scheduler.RunBlocking(static s => s.Length, "abc").Within());
        Assert.Equal(before + 2, scheduler.Statistics.HandOffsExplicit);
        using var mayEnd = new ManualResetEventSlim();
        AwaitableGoroutine[] blocked = [.. Enumerable.Range(0, 50).Select(_ => scheduler.RunBlocking(static e => e.Wait(), mayEnd))];
        Assert.Equal(1, await scheduler.Start(() => 1).Within()); // on the only processor
        mayEnd.Set();
        await Task.WhenAll(blocked.Select(goroutine => goroutine.Task)).Within(scheduler);
    }

    [Fact]
    public async Task RunBlocking_StartedAt_IsTheCaller()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        AwaitableGoroutine goroutine = scheduler.RunBlocking(() => { });
        Assert.StartsWith(nameof(SchedulerRunAsyncTests), goroutine.StartSite, StringComparison.Ordinal);
        await goroutine.Task.Within(scheduler);
    }

    private static AwaitableGoroutine Start(Scheduler scheduler, string form, Action what)
    {
        return form switch
        {
            "action" => scheduler.RunAsync(what),
            "task" => scheduler.RunAsync(() => TaskOf(what)),
            "body" => scheduler.RunAsync(async () =>
            {
                await Task.Yield();
                what();
            }),
            "frame" => scheduler.RunAsync(BodyOf(what)),
            "action-state" => scheduler.RunAsync(static w => w(), what),
            "task-state" => scheduler.RunAsync(TaskOf, what),
            "blocking" => scheduler.RunBlocking(what),
            _ => scheduler.RunBlocking(static w => w(), what),
        };

        static async Task TaskOf(Action what)
        {
            await Task.Yield();
            what();
        }

        static async GoroutineBody BodyOf(Action what)
        {
            await Go.Yield();
            what();
        }
    }
}
