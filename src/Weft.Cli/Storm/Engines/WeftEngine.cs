namespace Weft.Cli.Storm.Engines;

/// <summary>Goroutines on a scheduler of their own, with the default options but for what the command line says.</summary>
internal sealed class WeftEngine : IStormEngine
{
    private readonly Scheduler _scheduler;
    private long _shortages;

    public WeftEngine(int procs, int maxThreads)
    {
        _scheduler = new Scheduler(new SchedulerOptions { MaxProcs = procs, MaxThreads = maxThreads });
        _scheduler.ThreadShortage += (_, _) => Interlocked.Increment(ref _shortages);
    }

    /// <summary>What the names of the threads of a scheduler with the default name start with.</summary>
    public static string Prefix { get; } = new SchedulerOptions().Name + "-";

    public bool HasFigures => true;

    public int Procs => _scheduler.MaxProcs;

    public int MaxThreads => _scheduler.MaxThreads;

    public void Start<TState>(Action<TState> body, TState state) => _scheduler.Start(body, state);

    public EngineFigures GetFigures()
    {
        SchedulerStatistics now = _scheduler.Statistics;
        return new EngineFigures
        {
            Created = now.ThreadsCreated,
            Exited = now.ThreadsExited,
            Reaped = now.ThreadsReaped,
            Running = now.MachinesRunning,
            Blocked = now.MachinesBlocked,
            Idle = now.MachinesIdle,
            HandOffsByWait = now.HandOffsByWait,
            HandOffsByMonitor = now.HandOffsByMonitor,
            HandOffsExplicit = now.HandOffsExplicit,
            HandOffsByTimeSlice = now.HandOffsByTimeSlice,
            StackBytes = now.StackBytesMapped,
            Shortages = Volatile.Read(ref _shortages),
        };
    }

    public void WriteDump(TextWriter to) => _scheduler.WriteDump(to);

    public void Dispose() => _scheduler.Dispose();
}
