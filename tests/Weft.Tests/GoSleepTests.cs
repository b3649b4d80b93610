using System.Collections.Concurrent;
using System.Diagnostics;
using Weft.Tests.Support;

namespace Weft.Tests;

public sealed class GoSleepTests
{
    private static readonly TimeSpan s_aMoment = TimeSpan.FromMilliseconds(5);

    [Fact]
    public async Task SleepAsync_Zero_LetsOthersRunFirst()
    {
        (bool before, bool after) = await Undisturbed.ResultAsync(procs: 1, scheduler => scheduler.Start(async () =>
        {
            bool ran = false;
            Goroutine other = scheduler.Start(() => ran = true);
            bool before = ran;
            await Go.SleepAsync(TimeSpan.Zero);
            bool after = ran;
            await other.Completion;
            return (before, after);
        }).Within());
        Assert.False(before);
        Assert.True(after);
    }

    [Fact]
    public async Task SleepAsync_AnyDuration_NeverWakesEarly()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartMany(200, async i =>
        {
            var duration = TimeSpan.FromMicroseconds(250 * i);
            long start = Stopwatch.GetTimestamp();
            await Go.SleepAsync(duration);
            TimeSpan slept = Stopwatch.GetElapsedTime(start);
            Assert.True(slept >= duration, $"slept {slept} instead of {duration}");
            Assert.True(TaskList.IsCurrentOf(scheduler));
        }).Within();
        Assert.Equal(0, scheduler.Statistics.Timers);
    }

    [Fact]
    public async Task SleepAsync_ShuffledDurations_WakeInOrder()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        int[] steps = [5, 2, 4, 1, 3];
        var woken = new ConcurrentQueue<int>();
        await scheduler.StartMany(steps.Length, async i =>
        {
            await Go.SleepAsync(TimeSpan.FromMilliseconds(60 * steps[i]));
            woken.Enqueue(steps[i]);
        }).Within();
        Assert.Equal([1, 2, 3, 4, 5], woken);
    }

    [Fact]
    public async Task SleepAsync_TwentyThousandSleepers_AllWake()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartMany(20_000, async i => await Go.SleepAsync(TimeSpan.FromMilliseconds(1 + (i % 97)))).Within();
    }

    [Fact]
    public async Task SleepAsync_AlreadyCancelled_ThrowsWithTheToken()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var cancelled = new CancellationToken(canceled: true);
        await scheduler.StartChecked(async () =>
        {
            var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Go.SleepAsync(s_aMoment, cancelled));
            Assert.Equal(cancelled, exception.CancellationToken);
        }).Within();
    }

    [Fact]
    public async Task SleepAsync_InfiniteThenCancelled_EndsOnTheGoroutine()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        using var source = new CancellationTokenSource();
        var entered = new TaskCompletionSource();
        Goroutine<bool> goroutine = scheduler.StartChecked(async () =>
        {
            Goroutine? self = Go.Current;
            ValueTask sleep = Go.SleepAsync(TimeSpan.MaxValue, source.Token);
            entered.SetResult();
            var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await sleep);
            Assert.Equal(source.Token, exception.CancellationToken);
            Assert.Same(self, Go.Current);
        });
        await entered.Task.Within(scheduler);
        Assert.False(goroutine.Completion.IsCompleted);
        await source.CancelAsync();
        await goroutine.Within();
        Assert.Equal(0, scheduler.Statistics.Timers);
    }

    [Fact]
    public async Task SleepAsync_CancelledAsItFires_EndsOnceEitherWay()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartMany(500, async i =>
        {
            using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(1 + (i % 5)));
            try
            {
                await Go.SleepAsync(TimeSpan.FromMilliseconds(1 + (i % 5)), source.Token);
            }
            catch (OperationCanceledException e)
            {
                Assert.Equal(source.Token, e.CancellationToken);
            }
        }).Within();
        Assert.Equal(0, scheduler.Statistics.Timers);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SleepAsync_EveryProcessorKeptBusy_StillFires(bool yielding)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 2);
        using var stop = new Gate();
        Goroutine<bool>[] busy = scheduler.StartMany(4, async _ =>
        {
            while (!stop.IsOpen)
            {
                if (yielding)
                    await Go.Yield();
                else
                    Thread.SpinWait(100);
            }
        });
        await scheduler.StartMany(10, async _ => await Go.SleepAsync(s_aMoment)).Within();
        stop.Open();
        await busy.Within();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task SleepAsync_ChannelGoroutinesKeepEveryProcessorBusy_StillFires(int procs)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs);
        using var stop = new Gate();
        List<Goroutine<bool>> busy = [];
        for (int pair = 0; pair < 2 * procs; pair++)
        {
            var ball = new Chan<int>();
            busy.Add(scheduler.StartChecked(async () =>
            {
                while (!stop.IsOpen)
                    await ball.SendAsync(0);
                ball.Close();
            }));
            busy.Add(scheduler.StartChecked(async () =>
            {
                while ((await ball.ReceiveOrClosedAsync()).HasValue)
                {
                }
            }));
        }

        await scheduler.StartMany(10, async _ => await Go.SleepAsync(s_aMoment)).Within();
        stop.Open();
        await busy.Within();
    }

    [Fact]
    public async Task Sleep_OnOneProcessor_LetsOthersRun()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        bool ran = false;
        await scheduler.StartChecked(() =>
        {
            scheduler.StartChecked(() => Volatile.Write(ref ran, true));
            for (int i = 0; i < 10_000 && !Volatile.Read(ref ran); i++)
                Go.Sleep(TimeSpan.FromMilliseconds(1));
        }).Within();
        Assert.True(ran);
    }
}
