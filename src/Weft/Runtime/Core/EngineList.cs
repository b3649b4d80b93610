using Weft.Runtime.Host;

namespace Weft.Runtime.Core;

/// <summary>The engines of the process that have not been stopped or collected. Any thread may use it.</summary>
internal static class EngineList
{
    private static readonly WeakList<Engine> s_engines = new(static engine => engine.IsStopped);

    internal static void Add(Engine engine) => s_engines.Add(engine);

    internal static List<Engine> Snapshot() => s_engines.Snapshot();
}
