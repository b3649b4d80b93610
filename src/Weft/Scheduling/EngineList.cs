namespace Weft.Scheduling;

/// <summary>The engines of the process that have not been stopped or collected. Any thread may use it.</summary>
internal static class EngineList
{
    private static readonly Lock s_lock = new();
    private static readonly List<WeakReference<Engine>> s_engines = [];

    internal static void Add(Engine engine)
    {
        lock (s_lock)
        {
            s_engines.RemoveAll(static reference => !reference.TryGetTarget(out Engine? known) || known.IsStopped);
            s_engines.Add(new WeakReference<Engine>(engine));
        }
    }

    internal static List<Engine> Snapshot()
    {
        var all = new List<Engine>();
        lock (s_lock)
        {
            foreach (WeakReference<Engine> reference in s_engines)
            {
                if (reference.TryGetTarget(out Engine? engine) && !engine.IsStopped)
                    all.Add(engine);
            }
        }

        return all;
    }
}
