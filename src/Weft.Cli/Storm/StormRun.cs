using System.Diagnostics;
using Weft.Cli.Results;
using Weft.Cli.Sampling;
using Weft.Cli.Storm.Engines;
using Weft.Cli.Storm.Work;

namespace Weft.Cli.Storm;

/// <summary>A whole storm on one engine: what was there before, the bursts, the wait for the floor, what was left.</summary>
internal sealed class StormRun(StormOptions options, StormWork work, Action<StormProgress> show)
{
    // With ten, code compiled and pages touched late count as the storm's.
    private const int WarmUps = 40;
    private const int WarmUpGoroutines = 20;
    private static readonly TimeSpan s_warmUpBlock = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan s_timeBetweenLooks = TimeSpan.FromMilliseconds(20);

    public StormResult Run()
    {
        var sampler = new ProcessSampler(options.Engine == StormEngine.Weft ? WeftEngine.Prefix : ThreadPoolEngine.Prefix);
        WarmUp();
        ProcessSample before = sampler.Sample();
        IStormEngine engine = CreateEngine();

        var bystanders = new Bystanders(engine);
        var observer = new StormObserver(sampler, engine, show);
        var rounds = new List<TimeSpan>();
        var lost = new List<string>();
        for (int round = 1; round <= options.Rounds && lost.Count == 0; round++)
        {
            var burst = new Burst(engine, work, bystanders, observer);
            burst.Run(options.Rounds == 1 ? "burst" : $"burst {round} of {options.Rounds}", options.Block);
            if (burst.Elapsed is { } elapsed)
                rounds.Add(elapsed);
            if (burst.Loss is { } loss)
                lost.Add(loss);
        }

        TimeSpan? settled = lost.Count == 0 ? Settle(observer) : null;
        if (lost.Count == 0)
            engine.Dispose();
        else
            engine.WriteDump(Console.Error);
        CollectGarbage();
        ProcessSample after = observer.Sample with { ResidentBytes = sampler.Sample().ResidentBytes };
        return Summarize(engine, observer, before, after, rounds, settled, bystanders.Summarize(), [.. lost]);
    }

    private IStormEngine CreateEngine() =>
        options.Engine == StormEngine.Weft
            ? new WeftEngine(options.Procs, options.MaxThreads)
            : new ThreadPoolEngine(options.Procs, options.MaxThreads);

    /// <summary>
    /// A few small storms on an engine of their own, so that the figures are those of compiled code. .NET also starts threads of its own
    /// when a process first uses the pool or the console, and keeps them: they are nobody's storm, and so are there before it begins.
    /// </summary>
    private void WarmUp()
    {
        Console.Error.Flush();
        Task.Run(static () => { }).Wait();
        StormOptions small = options with
        {
            Goroutines = WarmUpGoroutines,
            Block = s_warmUpBlock,
            Kind = options.Kind == StormKind.File ? StormKind.Sleep : options.Kind,
        };
        using IStormEngine engine = CreateEngine();
        using StormWork smallWork = StormWork.Create(small);
        var observer = new StormObserver(new ProcessSampler(WeftEngine.Prefix), engine, static _ => { });
        for (int i = 0; i < WarmUps; i++)
            new Burst(engine, smallWork, new Bystanders(engine), observer).Run("warm-up", small.Block);
        CollectGarbage();
    }

    /// <summary>
    /// How long it takes until every thread of the engine is gone, and every stack, or null when that takes longer than the options allow.
    /// </summary>
    private TimeSpan? Settle(StormObserver observer)
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            observer.Look("settling", 0);
            TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
            if (observer.Sample.Machines == 0 && observer.Figures is { AllReaped: true, StackBytes: 0 })
                return elapsed;
            if (elapsed >= options.Settle)
                return null;
            Thread.Sleep(s_timeBetweenLooks);
        }
    }

    // Aggressively, which gives the freed memory back to the system: what is left then is in use. The second time for what the finalizers
    // of the first gave free, the runtime's records of threads among it.
    private static void CollectGarbage()
    {
        for (int i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
    }

    private StormResult Summarize(
        IStormEngine engine,
        StormObserver observer,
        ProcessSample before,
        ProcessSample after,
        List<TimeSpan> rounds,
        TimeSpan? settled,
        BystanderResult bystanders,
        string[] lost)
    {
        bool told = engine.HasFigures;
        EngineFigures figures = observer.Figures;
        ProcessSample peak = observer.PeakSample.Max(before);
        double[] milliseconds = [.. rounds.Select(static round => Math.Round(round.TotalMilliseconds, 3))];
        return new StormResult
        {
            Engine = StormOptions.NameOf(options.Engine),
            Kind = StormOptions.NameOf(options.Kind),
            Goroutines = work.Goroutines,
            BlockMs = options.Block.TotalMilliseconds,
            Procs = engine.Procs,
            MaxThreads = engine.MaxThreads,
            ElapsedMs = Bystanders.Percentile([.. milliseconds.Order()], 0.5),
            RoundsMs = milliseconds,
            BystanderMs = bystanders,
            Threads = new ThreadResult(
                before.Threads,
                peak.Threads,
                after.Threads,
                settled is { } time ? Math.Round(time.TotalMilliseconds, 3) : null),
            Machines = new MachineResult(peak.Machines, after.Machines),
            Created = told ? figures.Created : null,
            Exited = told ? figures.Exited : null,
            Reaped = told ? figures.Reaped : null,
            Handoffs = told
                ? new HandOffResult(
                    figures.HandOffsByWait, figures.HandOffsByMonitor, figures.HandOffsExplicit, figures.HandOffsByTimeSlice)
                : null,
            StackBytes = told ? new StackResult(observer.PeakStackBytes, figures.StackBytes) : null,
            RssBytes = new MemoryResult(before.ResidentBytes, peak.ResidentBytes, after.ResidentBytes),
            Shortages = told ? figures.Shortages : null,
            Lost = lost,
        };
    }
}
