using Weft.Tests.Support;

namespace Weft.Tests.Sync;

public sealed class SingleFlightTests
{
    private readonly SingleFlight<string, int> _flight = new(StringComparer.OrdinalIgnoreCase);
    private int _runs;

    [Fact]
    public async Task RunAsync_SeveralForOneKey_RunTheBodyOnceAndShareTheResult()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var ending = new TaskCompletionSource<int>();
        Goroutine<bool>[] callers = scheduler.StartMany(5, async i =>
        {
            Goroutine? self = Go.Current;
            Assert.Equal(42, await _flight.RunAsync(i % 2 == 0 ? "key" : "KEY", () => RunAsync(ending.Task)));
            Assert.Same(self, Go.Current);
        });
        await Limits.Until(() => Volatile.Read(ref _runs) == 1, "the body runs", scheduler); // or that of the next would be the one
        Goroutine<bool> blocking = scheduler.StartChecked(() => Assert.Equal(42, _flight.Run("key", () => -1)));
        Task<int> outside = _flight.RunAsync("key", () => RunAsync(ending.Task)).AsTask();
        await Limits.Until(() => Array.TrueForAll([.. callers, blocking], Waits), "all wait", scheduler);
        Assert.Equal(7, await _flight.RunAsync("other", () => Task.FromResult(7)));
        ending.SetResult(42);
        await callers.Append(blocking).Within();
        Assert.Equal(42, await outside.WaitAsync(Limits.Hang));
        Assert.Equal(1, _runs);
        Assert.Equal(43, await _flight.RunAsync("key", () => RunAsync(Task.FromResult(43))));
        Assert.Equal(44, _flight.Run("key", () => 44));
        Assert.Equal(2, _runs);
    }

    [Fact]
    public async Task RunAsync_TheBodyThrows_EachCallerGetsTheExceptionAndTheNextRunsAnew()
    {
        var ending = new TaskCompletionSource<int>();
        Task<int>[] callers = [.. Enumerable.Range(0, 3).Select(_ => _flight.RunAsync("key", async () => await ending.Task).AsTask())];
        var failure = new InvalidDataException();
        ending.SetException(failure);
        foreach (Task<int> caller in callers)
            Assert.Same(failure, await Assert.ThrowsAsync<InvalidDataException>(() => caller.WaitAsync(Limits.Hang)));
        Assert.Throws<InvalidDataException>(() => _flight.Run("key", () => throw new InvalidDataException()));
        Assert.Equal(1, _flight.Run("key", () => 1));
    }

    [Fact]
    public async Task RunAsync_ACallerIsCancelled_TheOthersGetTheResult()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        using var source = new CancellationTokenSource();
        var ending = new TaskCompletionSource<int>();
        Goroutine<bool> cancelled = scheduler.StartChecked(async () =>
        {
            var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(
                async () => await _flight.RunAsync("key", () => RunAsync(ending.Task), source.Token));
            Assert.Equal(source.Token, exception.CancellationToken);
        });
        await Limits.Until(() => Volatile.Read(ref _runs) == 1 && Waits(cancelled), "it runs", scheduler);
        Goroutine<bool> blocked = scheduler.StartChecked(() =>
        {
            Assert.ThrowsAny<OperationCanceledException>(() => _flight.Run("key", () => -1, source.Token));
        });
        Goroutine<bool> other = scheduler.StartChecked(async () =>
            Assert.Equal(42, await _flight.RunAsync("key", () => RunAsync(ending.Task))));
        await Limits.Until(() => Waits(blocked) && Waits(other), "they wait", scheduler);
        await source.CancelAsync();
        await cancelled.Within();
        await blocked.Within();
        ending.SetResult(42);
        await other.Within();
        Assert.Equal(1, _runs);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await _flight.RunAsync("key", () => RunAsync(ending.Task), source.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => _flight.Run("key", () => -1, source.Token));
        Assert.Equal(1, _runs);
    }

    [Fact]
    public async Task Forget_ARunIsUnderWay_TheNextCallRunsItsOwnBody()
    {
        var ending = new TaskCompletionSource<int>();
        Task<int> first = _flight.RunAsync("key", () => RunAsync(ending.Task)).AsTask();
        _flight.Forget("key");
        Assert.Equal(2, await _flight.RunAsync("key", () => Task.FromResult(2)));
        Task<int> third = _flight.RunAsync("key", () => RunAsync(ending.Task)).AsTask();
        ending.SetResult(1);
        int[] results = await Task.WhenAll(first, third).WaitAsync(Limits.Hang);
        Assert.Equal([1, 1], results);
        Assert.Equal(2, _runs);
        _flight.Forget("key");
    }

    [Fact]
    public async Task RunAsync_EachKindOfBody_IsTaken()
    {
        Assert.Equal(1, await _flight.RunAsync("key", async () =>
        {
            await Go.Yield();
            return 1;
        }));
        Assert.Equal(2, await _flight.RunAsync("key", static () => Task.FromResult(2)));
        Assert.Equal(3, await _flight.RunAsync("key", BodyAsync));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await _flight.RunAsync("key", (Func<Task<int>>)null!));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await _flight.RunAsync(null!, BodyAsync));
        Assert.Throws<ArgumentNullException>(() => _flight.Run("key", null!));
        Assert.Throws<ArgumentNullException>(() => _flight.Forget(null!));
        string message = Assert.Throws<InvalidOperationException>(() => _flight.Run("key", () =>
        {
            Go.Exit();
            return 0;
        })).Message;
        Assert.Contains("Go.Exit", message, StringComparison.Ordinal);

        static async Task<int> BodyAsync()
        {
            await Go.Yield();
            return 3;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task RunAsync_ManyCallers_NeverRunTwoBodiesOfAKeyAtOnceAndEachGetsAResultOfItsTime(int procs)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs);
        int inside = 0;
        int begun = 0;

        async Task UseAsync(int user)
        {
            for (int turn = 0; turn < 1_000; turn++)
            {
                int before = Volatile.Read(ref begun);
                int result = await _flight.RunAsync("key", async () =>
                {
                    Assert.Equal(1, Interlocked.Increment(ref inside));
                    int run = Interlocked.Increment(ref begun);
                    if ((run + user) % 3 == 0)
                        await Go.Yield();
                    Interlocked.Decrement(ref inside);
                    return run;
                });
                Assert.InRange(result, before, Volatile.Read(ref begun));
            }
        }

        Task outside = Task.Run(() => UseAsync(0));
        await scheduler.StartMany(10, UseAsync).Within();
        await outside.Within(scheduler);
    }

    [Fact]
    public async Task RunAsync_TheSchedulerOfTheBodyIsDisposed_TheOthersAreTold()
    {
        using var test = TestScheduler.Create(out Scheduler scheduler);
        var never = new Chan<int>();
        scheduler.Start(async () => { await _flight.RunAsync("key", async () => await never.ReceiveAsync()); });
        await Limits.UntilParked(scheduler, 2, "it waits");
        Task<int> outside = _flight.RunAsync("key", () => RunAsync(Task.FromResult(1))).AsTask();
        test.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => outside.WaitAsync(Limits.Hang));
        Assert.Equal(0, _runs);
        Assert.Equal(1, await _flight.RunAsync("key", () => RunAsync(Task.FromResult(1))));
    }

    [Fact]
    public void Run_TheBodyAsksForItsOwnKey_IsADeadlockThatNamesIt()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var exception = Assert.Throws<DeadlockException>(() => scheduler.Run(async () =>
        {
            var flight = new SingleFlight<int, int>();
            await flight.RunAsync(1, async () => await flight.RunAsync(1, () => Task.FromResult(1)));
        }));
        Assert.Equal(["single flight", "single flight"], exception.Goroutines.Select(goroutine => goroutine.WaitReason!));
    }

    private async Task<int> RunAsync(Task<int> result)
    {
        Interlocked.Increment(ref _runs);
        return await result;
    }

    private static bool Waits(Goroutine goroutine) => goroutine.Status is GoroutineStatus.Parked or GoroutineStatus.Blocked;
}
