using System.Runtime.CompilerServices;
using Weft.Tests.Support;

namespace Weft.Tests.Diagnostics;

/// <summary>The meter of the process, over schedulers of the tests' own, each of which has a name that no other has.</summary>
public sealed class SchedulerMetricsTests
{
    private const string Name = "weft.scheduler";

    [Fact]
    public async Task Instruments_OfASchedulerAtWork_TellWhatItsStatisticsTell()
    {
        using var reader = new MetricsReader();
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 2, maxThreads: 50);
        using var pipe = new BlockingPipe();
        var gate = new TaskCompletionSource();
        using var cancel = new CancellationTokenSource();
        Goroutine<bool> parked = scheduler.StartChecked(() => gate.Task);
        Goroutine<bool> blocked = scheduler.StartChecked(() => Go.Blocking(pipe.Read));
        Goroutine<bool> asleep = scheduler.StartChecked(async () => await Go.SleepAsync(TimeSpan.FromHours(1), cancel.Token));
        await Limits.Until(
            () => scheduler.Statistics is { GoroutinesParked: 2, GoroutinesBlocked: 1, MachinesRunning: 0, Timers: 1 },
            "all wait",
            scheduler);

        Dictionary<string, double> told = Told(reader, scheduler);

        SchedulerStatistics now = scheduler.Statistics;
        Assert.Equal(3, told["weft.goroutine.started"]);
        Assert.Equal(0, told["weft.goroutine.ended"]);
        Assert.Equal(2, told["weft.goroutine.count/parked"]);
        Assert.Equal(1, told["weft.goroutine.count/blocked"]);
        Assert.Equal(0, told["weft.goroutine.count/running"]);
        Assert.Equal(0, told["weft.goroutine.count/runnable"]);
        Assert.Equal(0, told["weft.queue.length/shared"] + told["weft.queue.length/local"]);
        Assert.Equal(2, told["weft.processor.count/idle"]);
        Assert.Equal(0, told["weft.processor.count/busy"]);
        Assert.Equal(now.HandOffsExplicit, told["weft.processor.hand_offs/explicit"]);
        Assert.True(now.HandOffsExplicit > 0);
        Assert.Equal(1, told["weft.thread.count/blocked"]);
        Assert.Equal(now.Threads, told.Where(static one => one.Key.StartsWith("weft.thread.count/")).Sum(static one => one.Value));
        Assert.Equal(50, told["weft.thread.limit"]);
        Assert.Equal(now.ThreadsCreated, told["weft.thread.created"]);
        Assert.Equal(1, told["weft.timer.count"]);
        Assert.Equal(now.StackBytesMapped, told["weft.stack.size/used"] + told["weft.stack.size/cached"]);
        gate.SetResult();
        pipe.Release();
        await cancel.CancelAsync();
        await new[] { parked, blocked }.Within();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asleep.Within());
        Assert.Equal(3, Told(reader, scheduler)["weft.goroutine.ended"]);
    }

    [Fact]
    public void Instruments_OfASchedulerThatWasDisposed_TellOfItNoMore()
    {
        using var reader = new MetricsReader();
        using (TestScheduler.Create(out Scheduler scheduler))
        {
            Assert.NotEmpty(Told(reader, scheduler));
            scheduler.Dispose();
            Assert.Empty(Told(reader, scheduler));
        }
    }

    [Fact]
    public void Instruments_OfASchedulerThatNobodyRefersTo_DoNotKeepIt()
    {
        using var reader = new MetricsReader();
        WeakReference scheduler = MakeAndForget(reader);
        Eventually.True(
            () =>
            {
                GC.Collect();
                reader.Collect();
                return !scheduler.IsAlive;
            },
            "the scheduler is collected");
    }

    [Fact]
    public async Task Instruments_OfTwoSchedulersOfOneName_AddThemUp()
    {
        using var reader = new MetricsReader();
        var options = new SchedulerOptions { Name = TestScheduler.NextName() };
        using var first = new Scheduler(options);
        using var second = new Scheduler(options);
        await first.StartChecked(static () => { }).Within();
        await second.StartChecked(static () => { }).Within();
        Assert.Equal(2, Told(reader, first)["weft.goroutine.started"]);
    }

    [Fact]
    public async Task Histograms_OfThreadsThatWereReaped_HaveTheirLivesAndDelays()
    {
        using var reader = new MetricsReader();
        using var _ = TestScheduler.Create(out Scheduler scheduler, idleMilliseconds: 1);
        await scheduler.StartChecked(static () => Go.Blocking(static () => Thread.Sleep(1))).Within();
        await Limits.Until(() => scheduler.Statistics is { Threads: 0, ThreadsReaped: > 0 }, "its threads are gone", scheduler);

        Measured[] told = [.. reader.Collect().Where(one => one[Name] == scheduler.Name)];

        long reaped = scheduler.Statistics.ThreadsReaped;
        Measured[] lives = [.. told.Where(static one => one.Instrument == "weft.thread.lifetime")];
        Measured[] delays = [.. told.Where(static one => one.Instrument == "weft.thread.reap_delay")];
        Assert.Equal(reaped, lives.Length);
        Assert.Equal(reaped, delays.Length);
        Assert.All(lives, static one => Assert.InRange(one.Value, 1e-6, Limits.Hang.TotalSeconds));
        Assert.All(delays, static one => Assert.InRange(one.Value, 0, Limits.Hang.TotalSeconds));
    }

    [Fact]
    public async Task Collect_FromManyThreadsWhileSchedulersComeAndGo_NeverFails()
    {
        using var over = new CancellationTokenSource();
        Task[] collecting =
        [
            .. Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
            {
                using var reader = new MetricsReader();
                while (!over.IsCancellationRequested)
                    reader.Collect(); // throws what an instrument throws
            })),
        ];
        using var keeper = TestScheduler.Create(out Scheduler kept);
        for (int i = 0; i < 50; i++)
        {
            using var _ = TestScheduler.Create(out Scheduler scheduler);
            await scheduler.StartChecked(static () => Go.Blocking(static () => Thread.Yield())).Within();
        }

        await over.CancelAsync();
        await Task.WhenAll(collecting).WaitAsync(Limits.Hang);
        GC.KeepAlive(kept);
    }

    /// <summary>By instrument, and the tag besides the scheduler's.</summary>
    private static Dictionary<string, double> Told(MetricsReader reader, Scheduler scheduler) =>
        reader.Collect().Where(one => one[Name] == scheduler.Name && !one.Instrument.StartsWith("weft.thread.lif")
            && one.Instrument != "weft.thread.reap_delay")
            .ToDictionary(
                static one => string.Join('/', one.Tags.Where(static tag => tag.Key != Name).Select(static tag => tag.Value)
                    .Prepend(one.Instrument)),
                static one => one.Value);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference MakeAndForget(MetricsReader reader)
    {
        var scheduler = new Scheduler(new SchedulerOptions { Name = TestScheduler.NextName() });
        Assert.NotEmpty(Told(reader, scheduler));
        return new WeakReference(scheduler);
    }
}
