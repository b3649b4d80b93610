namespace Weft.Cli.Storm.Engines;

/// <summary>
/// Task.Run, for comparison, with what comes closest to the scheduler's options: the threads that the pool makes without delay, and its
/// limit. The pool says little of its threads, so only what the system shows of them is known.
/// </summary>
internal sealed class ThreadPoolEngine : IStormEngine
{
    /// <summary>The runtime's own name for the pool's threads on Unix.</summary>
    public const string Prefix = ".NET TP Worker";

    public ThreadPoolEngine(int procs, int maxThreads)
    {
        // The pool refuses a limit below what it makes without delay, and cuts one that is too high for it: so what it has is read back.
        ThreadPool.GetMinThreads(out _, out int minIO);
        ThreadPool.SetMinThreads(Math.Min(procs, maxThreads), minIO);
        ThreadPool.GetMaxThreads(out _, out int maxIO);
        ThreadPool.SetMaxThreads(maxThreads, maxIO);
        ThreadPool.GetMinThreads(out int min, out _);
        ThreadPool.GetMaxThreads(out int max, out _);
        (Procs, MaxThreads) = (min, max);
    }

    public bool HasFigures => false;

    public int Procs { get; }

    public int MaxThreads { get; }

    public void Start<TState>(Action<TState> body, TState state) => Task.Run(() => body(state));

    public EngineFigures GetFigures() => default;

    public void WriteDump(TextWriter to) =>
        to.WriteLine($"ThreadPool: {ThreadPool.ThreadCount} threads, {ThreadPool.PendingWorkItemCount} work items wait");

    public void Dispose()
    {
    }
}
