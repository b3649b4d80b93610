using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Suite;

/// <summary>
/// Goroutines at once that ask for the <c>Result</c> of an async method, which asks for that of another, and so on; the innermost waits for
/// 20 ms. In Go each depth is a goroutine that sends its result to the one that waits for it, which takes no thread.
/// </summary>
internal sealed class SyncOverAsync : IBenchmark
{
    private const int Goroutines = 2_000;
    private const int Depth = 3;
    private static readonly TimeSpan s_wait = TimeSpan.FromMilliseconds(20);

    public string Name => "sync-over-async";

    public string Summary => $"{Goroutines} goroutines at once wait in .Result of an async method, {Depth} deep";

    public IReadOnlyList<Figure> Figures => [new("elapsed_ms", "ms"), new("threads_peak", "threads", "threads-peak")];

    public IReadOnlyList<Contender> Contenders =>
    [
        Contender.Managed(Contender.Weft, OnWeft),
        Contender.Go(_ => $"nested-waits -goroutines {Goroutines} -depth {Depth} -wait {s_wait.TotalMilliseconds}ms"),
    ];

    private static Sample OnWeft(Run run)
    {
        using Scheduler scheduler = new(new SchedulerOptions { MaxProcs = run.Procs });
        Burst(scheduler);
        long start = Clock.Now;
        int peak = Burst(scheduler);
        return new Sample { ["elapsed_ms"] = Clock.MillisecondsSince(start), ["threads_peak"] = peak };
    }

    private static int Burst(Scheduler scheduler)
    {
        Countdown left = new(Goroutines);
        for (int i = 0; i < Goroutines; i++)
        {
            scheduler.Start(() =>
            {
                if (WaitAsync(Depth).Result != Depth)
                    throw new InvalidOperationException("A result is wrong.");
                left.Signal();
            });
        }

        int peak = 0;
        while (!left.Done.Wait(TimeSpan.FromMilliseconds(10)))
            peak = Math.Max(peak, scheduler.Statistics.Threads);
        return peak;
    }

    private static async Task<int> WaitAsync(int depth)
    {
        if (depth == 1)
            await Task.Delay(s_wait);
        else
            await Task.Yield();
        return depth == 1 ? 1 : WaitAsync(depth - 1).Result + 1;
    }
}
