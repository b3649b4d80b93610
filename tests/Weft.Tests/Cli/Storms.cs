using Weft.Cli.Results;

namespace Weft.Tests.Cli;

/// <summary>Results of storms that never were.</summary>
internal static class Storms
{
    public static StormResult Result(string engine, double? settle, double elapsed = 200) => new()
    {
        Engine = engine,
        Kind = "sleep",
        Goroutines = 1_000,
        BlockMs = 100,
        Procs = 2,
        MaxThreads = 10_000,
        ElapsedMs = elapsed,
        RoundsMs = [elapsed],
        BystanderMs = new BystanderResult(10, 0.1, 1, 2),
        Threads = new ThreadResult(10, 900, 11, settle),
        Machines = new MachineResult(890, 0),
        RssBytes = new MemoryResult(30_000_000, 50_000_000, 31_000_000),
        Lost = [],
    };
}
