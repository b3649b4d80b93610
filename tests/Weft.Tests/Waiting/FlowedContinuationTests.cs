using Weft.Tests.Support;

namespace Weft.Tests.Waiting;

/// <summary>Awaiters that are not asked by the compiler have to carry the AsyncLocal values of the caller to the continuation.</summary>
public sealed class FlowedContinuationTests
{
    public static TheoryData<string> Awaited { get; } =
        ["lock", "lock as a ValueTask", "wait group", "sleep", "yield", "channel", "goroutine"];

    /// <summary>One of <see cref="Awaited"/>. None of it has ended before <c>end</c> is called.</summary>
    private static Action<Action> OnCompletedOf(string what, out Action end)
    {
        switch (what)
        {
            case "lock":
            case "lock as a ValueTask":
                var @lock = new GoLock();
                Assert.True(@lock.TryLock());
                LockAwaitable<GoLock.Releaser> locking = @lock.LockAsync();
                end = @lock.Unlock;
                return what == "lock" ? locking.GetAwaiter().OnCompleted : Of(locking.AsValueTask());
            case "wait group":
                var group = new WaitGroup();
                group.Add(1);
                end = group.Done;
                return Of(group.WaitAsync());
            case "sleep":
                var source = new CancellationTokenSource();
                end = source.Cancel;
                return Of(Go.SleepAsync(TimeSpan.MaxValue, source.Token));
            case "yield":
                end = static () => { };
                return Go.Yield().GetAwaiter().OnCompleted;
            case "channel":
                var channel = new Chan<int>();
                end = () => channel.Send(1);
                return channel.ReceiveAsync().GetAwaiter().OnCompleted;
            case "goroutine":
                var ended = new TaskCompletionSource<int>();
                end = () => ended.SetResult(1);
                return Go.Start(async () => await ended.Task).GetAwaiter().OnCompleted;
            default:
                throw new ArgumentOutOfRangeException(nameof(what), what, "Not one of those that are awaited.");
        }
    }

    private static Action<Action> Of(ValueTask task) => task.GetAwaiter().OnCompleted;

    private static Action<Action> Of<T>(ValueTask<T> task) => task.GetAwaiter().OnCompleted;

    [Theory]
    [MemberData(nameof(Awaited))]
    public async Task OnCompleted_OfWhatAGoroutineWaitsFor_RunsWithTheValuesOfWhoCalledIt(string what)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            var local = new AsyncLocal<int> { Value = 1 };
            var seen = new TaskCompletionSource<(int, Goroutine?)>();
            OnCompletedOf(what, out Action end)(() => seen.SetResult((local.Value, Go.Current)));
            local.Value = 2;
            await Task.Run(end);
            Assert.Equal((1, Go.Current), await seen.Task);
        }).Within();
    }

    [Theory]
    [MemberData(nameof(Awaited))]
    public async Task OnCompleted_WhereTheFlowIsSuppressed_RunsWithoutThem(string what)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var local = new AsyncLocal<int>();
        var seen = new TaskCompletionSource<int>();
        await scheduler.StartChecked(async () =>
        {
            local.Value = 1;
            Action<Action> onCompleted = OnCompletedOf(what, out Action end);
            using (ExecutionContext.SuppressFlow())
                onCompleted(() => seen.SetResult(local.Value));
            await Task.Run(end);
            Assert.Equal(0, await seen.Task);
        }).Within();
    }
}
