using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Suite;

/// <summary>
/// On one processor a goroutine starts another and blocks at once: how long until that other one runs? Each blocks for longer than the
/// longest hand-off, or the end of the wait would hide it.
/// </summary>
internal sealed class HandOff(string cause, int samples, TimeSpan length, double mustP50, double aimP50, double mustP99, double aimP99)
    : IBenchmark
{
    private const int Discarded = 20;

    public string Name => $"handoff-{cause}";

    public string Summary =>
        $"from blocking until the next goroutine runs, noticed by {(cause == "wait" ? "the wait hook" : "the monitor")}";

    public IReadOnlyList<Figure> Figures =>
    [
        new("p50_us", "us", "p50") { Targets = [new Target(null, mustP50, aimP50)] },
        new("p99_us", "us", "p99") { Targets = [new Target(null, mustP99, aimP99)] },
    ];

    public IReadOnlyList<Contender> Contenders =>
    [
        Contender.Managed(Contender.Weft, OnWeft),
        Contender.Go(
            run => $"handoff -kind {(cause == "wait" ? "wait" : "sleep")} -samples {Count(run)} -block {length.TotalMilliseconds}ms"),
    ];

    public IReadOnlyList<int> Procs => [1];

    private int Count(Run run) => run.Quick ? samples / 10 : samples;

    private Sample OnWeft(Run run)
    {
        using Scheduler scheduler = new(new SchedulerOptions { MaxProcs = run.Procs });
        using ManualResetEvent never = new(false);
        Action block = cause == "wait" ? () => never.WaitOne(length) : () => Thread.Sleep(length);
        double[] delays = scheduler.Start(() => Measure(Count(run), block)).Task.GetAwaiter().GetResult();
        return new Sample { ["p50_us"] = Percentile.Of(delays, 50), ["p99_us"] = Percentile.Of(delays, 99) };
    }

    private static async Task<double[]> Measure(int count, Action block)
    {
        double[] delays = new double[count + Discarded];
        for (int i = 0; i < delays.Length; i++)
        {
            long ran = 0;
            Go.Start(() => Volatile.Write(ref ran, Clock.Now));
            long blocked = Clock.Now;
            block();
            while (Volatile.Read(ref ran) == 0)
                await Go.Yield();
            delays[i] = System.Diagnostics.Stopwatch.GetElapsedTime(blocked, ran).TotalMicroseconds;
        }

        return delays[Discarded..];
    }
}
