namespace Weft.Cli.Storm.Engines;

/// <summary>Task.Run, for comparison. The pool says little of its threads, so only what the system shows of them is known.</summary>
internal sealed class ThreadPoolEngine : IStormEngine
{
    /// <summary>The runtime's own name for the pool's threads on Unix.</summary>
    public const string Prefix = ".NET TP Worker";

    public bool HasFigures => false;

    public void Start<TState>(Action<TState> body, TState state) => Task.Run(() => body(state));

    public EngineFigures GetFigures() => default;

    public void WriteDump(TextWriter to) => to.WriteLine($"ThreadPool: {ThreadPool.ThreadCount} threads, {ThreadPool.PendingWorkItemCount} work items wait");

    public void Dispose()
    {
    }
}
