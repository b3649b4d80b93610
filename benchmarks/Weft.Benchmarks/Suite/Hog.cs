using System.Diagnostics;
using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Suite;

/// <summary>
/// Goroutines that compute and give nothing up hold every processor. Others are started from outside, and one sleeps again and again: how
/// late do they run?
/// </summary>
internal sealed class Hog : IBenchmark
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(5);

    public string Name => "hog";

    public string Summary => "delay of other goroutines while one computes on every processor";

    public IReadOnlyList<Figure> Figures =>
    [
        new("start_p50_ms", "ms", "start-p50"),
        new("start_p99_ms", "ms", "start-p99") { Targets = [new Target(null, 25, 12)] },
        new("wake_p50_ms", "ms", "wake-p50"),
        new("wake_p99_ms", "ms", "wake-p99") { Targets = [new Target(null, 25, 12)] },
    ];

    public IReadOnlyList<Contender> Contenders =>
    [
        Contender.Managed(Contender.Weft, OnWeft),
        Contender.Go(run => $"hog -hogs {run.Procs} -length {Length(run).TotalSeconds}s"),
        Contender.Managed("threadpool", OnThreadPool),
    ];

    public IReadOnlyList<int> Procs => [.. new[] { 1, Environment.ProcessorCount }.Distinct()];

    public IReadOnlyList<int> StatedProcs => [Environment.ProcessorCount];

    private static TimeSpan Length(Run run) => TimeSpan.FromSeconds(run.Quick ? 1 : 2);

    private static Sample OnWeft(Run run)
    {
        using Scheduler scheduler = new(new SchedulerOptions { MaxProcs = run.Procs });
        return Measure(run, body => scheduler.Start(body), body => scheduler.Start(body), static () => Go.SleepAsync(s_interval).AsTask());
    }

    private static Sample OnThreadPool(Run run)
    {
        TaskPool.SetMin(run.Procs);
        return Measure(run, body => Task.Run(body), body => Task.Run(body), static () => Task.Delay(s_interval));
    }

    private static Sample Measure(Run run, Action<Action> start, Action<Func<Task>> startAsync, Func<Task> sleep)
    {
        for (int warmUp = 0; warmUp < 2; warmUp++)
            Burden(run.Procs, TimeSpan.FromMilliseconds(200), start, startAsync, sleep);
        (IReadOnlyList<double> starts, IReadOnlyList<double> wakes) = Burden(run.Procs, Length(run), start, startAsync, sleep);
        return new Sample
        {
            ["start_p50_ms"] = Percentile.Of(starts, 50),
            ["start_p99_ms"] = Percentile.Of(starts, 99),
            ["wake_p50_ms"] = Percentile.Of(wakes, 50),
            ["wake_p99_ms"] = Percentile.Of(wakes, 99),
        };
    }

    private static (IReadOnlyList<double> Starts, IReadOnlyList<double> Wakes) Burden(
        int hogs,
        TimeSpan length,
        Action<Action> start,
        Action<Func<Task>> startAsync,
        Func<Task> sleep)
    {
        Countdown computing = new(hogs);
        for (int i = 0; i < hogs; i++)
        {
            start(() =>
            {
                Compute(length);
                computing.Signal();
            });
        }

        List<double> wakes = [];
        Countdown sleeping = new(1);
        startAsync(async () =>
        {
            while (!computing.Done.IsCompleted)
            {
                long before = Clock.Now;
                await sleep();
                wakes.Add(Clock.MillisecondsSince(before) - s_interval.TotalMilliseconds);
            }

            sleeping.Signal();
        });
        Bystanders bystanders = Bystanders.FromOutside(start, s_interval);
        computing.Done.Wait();
        IReadOnlyList<double> starts = bystanders.Stop();
        sleeping.Done.Wait();
        return (starts, wakes);
    }

    private static void Compute(TimeSpan length)
    {
        const int Chunk = 1000;
        ulong value = 1;
        for (long start = Clock.Now; Stopwatch.GetElapsedTime(start) < length;)
        {
            for (int i = 0; i < Chunk; i++)
                value = unchecked((value * 6364136223846793005) + 1442695040888963407);
        }

        GC.KeepAlive(value);
    }
}
