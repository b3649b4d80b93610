namespace Weft;

/// <content>What a debugger shows. It waits for no lock: the thread that holds it may be stopped.</content>
public sealed partial class Scheduler
{
    /// <summary>A debugger's window is to open at once, also with a million goroutines.</summary>
    private const int MostShown = 10_000;

    private string DebugText => $"'{Name}': {_engine.GoroutinesAlive} goroutines, {_engine.ThreadCount} threads, MaxProcs = {MaxProcs}";

    /// <summary>A scheduler in a debugger's window.</summary>
    internal sealed class DebugView(Scheduler scheduler)
    {
        public string Name => scheduler.Name;

        public int MaxProcs => scheduler.MaxProcs;

        public int MaxThreads => scheduler.MaxThreads;

        public int Threads => scheduler._engine.ThreadCount;

        public long GoroutinesStarted => scheduler._engine.GoroutinesStarted;

        public long GoroutinesEnded => scheduler._engine.GoroutinesEnded;

        /// <summary>Those that have waited at least once and not ended, by id.</summary>
        public Goroutine[] Goroutines =>
            [.. scheduler._engine.Registry.SnapshotOfUnlocked().Where(static goroutine => !goroutine.HasEnded)
                .OrderBy(static goroutine => goroutine.Id).Take(MostShown)];
    }
}
