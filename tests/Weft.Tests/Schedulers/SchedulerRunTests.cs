using Weft.Tests.Support;

namespace Weft.Tests.Schedulers;

public sealed class SchedulerRunTests
{
    [Fact]
    public void Run_EachForm_RunsMainOnTheSchedulerAndReturnsItsResult()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        bool onScheduler = false;
        scheduler.Run(() => onScheduler = Go.Current?.Scheduler == scheduler);
        Assert.True(onScheduler);
        bool ended = false;
        scheduler.Run(async () =>
        {
            await Task.Yield();
            ended = Go.Current?.Scheduler == scheduler;
        });
        Assert.True(ended);
        Assert.Equal(5, scheduler.Run(() => 5));
        Assert.Equal(6, scheduler.Run(async () =>
        {
            await Go.Yield();
            return 6;
        }));
    }

    [Fact]
    public void Run_MainThrows_ThrowsThatException()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Assert.Throws<FormatException>(() => scheduler.Run((Action)(() => throw new FormatException())));
        Assert.Throws<FormatException>(() => scheduler.Run(async () =>
        {
            await Task.Yield();
            throw new FormatException();
        }));
        Assert.Throws<FormatException>(() => scheduler.Run((Func<int>)(() => throw new FormatException())));
    }

    [Fact]
    public async Task Run_OthersStillRunning_ReturnsWithMain()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var gate = new TaskCompletionSource();
        Goroutine? other = null;
        scheduler.Run(() => other = scheduler.Start(() => gate.Task));
        Assert.NotNull(other);
        Assert.False(other.Completion.IsCompleted);
        gate.SetResult();
        await other.Within();
    }

    [Fact]
    public void Run_SeveralTimesAtOnce_EachHasItsMain()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        int[] results = new int[20];
        Parallel.For(0, results.Length, i => results[i] = scheduler.Run(async () =>
        {
            await Task.Delay(1);
            return i;
        }));
        Assert.Equal(Enumerable.Range(0, results.Length), results);
    }

    [Fact]
    public void GoRun_NoSchedulerGiven_UsesTheDefault()
    {
        Scheduler used = Go.Run(() => Go.Current!.Scheduler);
        Assert.Same(Scheduler.Default, used);
        Assert.Same(Scheduler.Default, Go.Run(async () =>
        {
            await Go.Yield();
            return Go.Current!.Scheduler;
        }));
    }
}
