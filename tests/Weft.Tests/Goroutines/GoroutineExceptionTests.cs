using Weft.Tests.Support;

namespace Weft.Tests.Goroutines;

public sealed class GoroutineExceptionTests
{
    public static TheoryData<string> Places => ["body", "continuation", "async-void", "post"];

    [Fact]
    public async Task Await_SynchronousBodyWithResultThrows_GivesTheException()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Goroutine<int> goroutine = scheduler.Start(new Func<int>(() => throw new InvalidOperationException("mine")));
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => goroutine.Within());
        Assert.Equal("mine", exception.Message);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await goroutine);
    }

    [Fact]
    public async Task Await_AsyncBodyWithResultThrows_GivesTheExceptionAndRaisesNothing()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, exceptions: UnhandledExceptionPolicy.Report);
        int reports = 0;
        scheduler.UnhandledException += (_, _) => Interlocked.Increment(ref reports);
        Goroutine<int> goroutine = scheduler.Start(async () =>
        {
            await Task.Yield();
            return await Task.FromException<int>(new InvalidOperationException("mine"));
        });
        await Assert.ThrowsAsync<InvalidOperationException>(() => goroutine.Within());
        await goroutine.Completion.ContinueWith(_ => { }, TaskScheduler.Default).Within(scheduler);
        Assert.Equal(0, Volatile.Read(ref reports));
    }

    [Fact]
    public async Task Await_BodyWithResultCancelled_GivesACancelledTask()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Goroutine<int> goroutine = scheduler.Start(async () =>
        {
            await Task.Yield();
            return await Task.FromCanceled<int>(new CancellationToken(canceled: true));
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => goroutine.Within());
        Assert.True(goroutine.Task.IsCanceled);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task UnhandledException_ReportPolicy_TellsGoroutineAndException(string place)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, exceptions: UnhandledExceptionPolicy.Report);
        var told = new TaskCompletionSource<GoroutineExceptionEventArgs>(TaskCreationOptions.RunContinuationsAsynchronously);
        scheduler.UnhandledException += (sender, e) =>
        {
            Assert.Same(scheduler, sender);
            told.TrySetResult(e);
        };
        Goroutine goroutine = StartFailing(scheduler, place);
        GoroutineExceptionEventArgs report = await told.Task.Within(scheduler);
        Assert.Equal("mine", report.Exception.Message);
        Assert.Same(goroutine, report.Goroutine);

        // The thread that met the exception, and the scheduler, go on.
        Assert.Equal(1, await scheduler.Start(() => 1).Within());
    }

    [Theory]
    [InlineData("body")]
    [InlineData("named")]
    [InlineData("continuation")]
    [InlineData("async-void")]
    [InlineData("report-without-handler")]
    [InlineData("foreign-context")]
    [InlineData("foreign-context-of-locked")]
    public async Task UnhandledException_NobodyToTell_EndsTheProcessWithTheRuntimesReport(string where)
    {
        ChildProcess child = await ChildProcess.RunAsync("unhandled", where);
        Assert.Equal(128 + 6, child.ExitCode);
        Assert.Contains("Unhandled exception. System.InvalidOperationException: left the goroutine", child.Error, StringComparison.Ordinal);
        Assert.Contains("UnhandledException.cs", child.Error, StringComparison.Ordinal);
        if (!where.StartsWith("foreign", StringComparison.Ordinal))
        {
            string tags = where == "named" ? " \"cleaner\" {request=42}" : "";
            Assert.Matches($"Goroutine \\d+{tags}, started at .*UnhandledException\\.cs:\\d+", child.Error);
        }
    }

    [Fact]
    public async Task AsyncVoid_EndsAfterItsGoroutine_ItsRestStillRuns()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var gate = new TaskCompletionSource();
        var ran = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        async void Straggle()
        {
            await gate.Task;
            ran.SetResult(TaskList.IsCurrentOf(scheduler));
        }

        await scheduler.Start(Straggle).Within();
        gate.SetResult();
        Assert.True(await ran.Task.Within(scheduler));
    }

    private static Goroutine StartFailing(Scheduler scheduler, string place) => place switch
    {
        "body" => scheduler.Start((Action)(() => throw new InvalidOperationException("mine"))),
        "continuation" => scheduler.Start(async () =>
        {
            await Task.Delay(1);
            throw new InvalidOperationException("mine");
        }),
        "async-void" => scheduler.Start((Action)FailLater),
        "post" => scheduler.Start(() =>
            SynchronizationContext.Current!.Post(_ => throw new InvalidOperationException("mine"), null)),
        _ => throw new ArgumentOutOfRangeException(nameof(place)),
    };

    private static async void FailLater()
    {
        await Task.Yield();
        throw new InvalidOperationException("mine");
    }
}
