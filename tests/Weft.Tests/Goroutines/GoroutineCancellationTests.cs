using Weft.Tests.Support;

namespace Weft.Tests.Goroutines;

/// <summary>Bodies without a result that nobody awaits, and end with an OperationCanceledException.</summary>
public sealed class GoroutineCancellationTests
{
    public static TheoryData<string> Forms => ["action", "task", "body", "frame", "group-action"];

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Start_EndsByACancelledToken_IsQuietAndCounted(string form)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, exceptions: UnhandledExceptionPolicy.Report);
        int reports = 0;
        scheduler.UnhandledException += (_, _) => Interlocked.Increment(ref reports);
        using var stop = new CancellationTokenSource();
        Goroutine goroutine = Start(scheduler, form, () => stop.Token.WaitHandle.WaitOne(), stop.Token.ThrowIfCancellationRequested);
        await stop.CancelAsync();
        await goroutine.Within();
        Assert.Equal(1, scheduler.Statistics.GoroutinesCancelled);
        Assert.Equal(0, Volatile.Read(ref reports));
    }

    [Theory]
    [InlineData("no token")]
    [InlineData("token not cancelled")]
    [InlineData("time-out in disguise")]
    [InlineData("time-out deep inside")]
    [InlineData("another exception")]
    public async Task Start_EndsByAnotherException_IsUnhandled(string kind)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, exceptions: UnhandledExceptionPolicy.Report);
        var told = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        scheduler.UnhandledException += (_, e) => told.TrySetResult(e.Exception);
        using var source = new CancellationTokenSource();
        var cancelled = new CancellationToken(canceled: true);
        Exception exception = kind switch
        {
            "no token" => new OperationCanceledException(),
            "token not cancelled" => new OperationCanceledException(source.Token),
            "time-out in disguise" => new TaskCanceledException("late", new TimeoutException(), cancelled),
            "time-out deep inside" => new TaskCanceledException("late", new IOException("late", new TimeoutException()), cancelled),
            _ => new IOException(),
        };
        scheduler.Start(async () =>
        {
            await Task.Yield();
            throw exception;
        });
        Assert.Same(exception, await told.Task.Within(scheduler));
        Assert.Equal(0, scheduler.Statistics.GoroutinesCancelled);
    }

    [Fact]
    public async Task Start_HttpClientTimesOut_IsUnhandled()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, exceptions: UnhandledExceptionPolicy.Report);
        var told = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        scheduler.UnhandledException += (_, e) => told.TrySetResult(e.Exception);
        using var client = new HttpClient(new NeverAnswers()) { Timeout = TimeSpan.FromMilliseconds(10) };
        scheduler.Start(async () => { await client.GetStringAsync("http://nowhere.invalid/"); });
        Exception exception = await told.Task.Within(scheduler);
        Assert.IsType<TimeoutException>(Assert.IsType<TaskCanceledException>(exception).InnerException);
    }

    private static Goroutine Start(Scheduler scheduler, string form, Action wait, Action end)
    {
        return form switch
        {
            "action" => scheduler.Start(() =>
            {
                wait();
                end();
            }),
            "task" => scheduler.Start(() => TaskOf(wait, end)),
            "body" => scheduler.Start(async () =>
            {
                await Task.Yield();
                wait();
                end();
            }),
            "frame" => scheduler.Start(BodyOf(wait, end)),
            _ => scheduler.Start(
                static s =>
                {
                    s.wait();
                    s.end();
                },
                (wait, end)),
        };

        static async Task TaskOf(Action wait, Action end)
        {
            await Task.Yield();
            wait();
            end();
        }

        static async GoroutineBody BodyOf(Action wait, Action end)
        {
            await Go.Yield();
            wait();
            end();
        }
    }

    private sealed class NeverAnswers : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return new HttpResponseMessage();
        }
    }
}
