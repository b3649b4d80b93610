using Weft.Threads;

namespace Weft.Runtime.Core;

/// <summary>The engines of the process that have not been stopped or collected. Any thread may use it.</summary>
internal static class EngineList
{
    private static readonly FutexLock s_lock = new(ThreadPlatform.Current);
    private static readonly List<WeakReference<Engine>> s_engines = [];

    internal static void Add(Engine engine)
    {
        var reference = new WeakReference<Engine>(engine);
        s_lock.Enter();
        s_engines.RemoveAll(static reference => !reference.TryGetTarget(out Engine? known) || known.IsStopped);
        s_engines.Add(reference);
        s_lock.Exit();
    }

    internal static List<Engine> Snapshot()
    {
        var all = new List<Engine>();
        s_lock.Enter();
        foreach (WeakReference<Engine> reference in s_engines)
        {
            if (reference.TryGetTarget(out Engine? engine) && !engine.IsStopped)
                all.Add(engine);
        }

        s_lock.Exit();
        return all;
    }
}
