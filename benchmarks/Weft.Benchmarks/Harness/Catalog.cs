using Weft.Benchmarks.Suite;

namespace Weft.Benchmarks.Harness;

/// <summary>All benchmarks, in the order of the report.</summary>
internal static class Catalog
{
    public static IReadOnlyList<IBenchmark> All { get; } =
    [
        new Storm("sleep", withThreadPool: true),
        new Storm("read"),
        new Storm("wait"),
        new Storm("slim"),
        new Storm("lock"),
        new StormSettle(),
        new RssSettle(),
        new Storm20000(),
        new SyncOverAsync(),
        new IdleCpu(),
        new OSThreadCycle(),
        new Spawn(),
        new SpawnAsync(),
        new SpawnMany(),
        new SpawnOutside(),
        new SpawnChained(),
        new ParkedMemory(),
        new Yielding(),
        new LockContended(procs: 1, must: 2.0, aim: 1.0),
        new LockContended(procs: 2, must: 1.0, aim: 0.7),
        new ChanPingPong(),
        new ChanStream("chan-buffered", pairs: 1, capacity: 64, [new Target("go", 1.0, 0.6), new Target("channel", 0.7, 0.6)], stated: 1),
        new ChanStream("chan-many-unbuffered", pairs: 4, capacity: 0, [new Target("go", 0.8, 0.5)]),
        new ChanStream("chan-many-buffered", pairs: 4, capacity: 64, [new Target("go", 1.0, 0.5)]),
        new ChanAdapter(),
        new ChanSelect(2),
        new ChanSelect(4),
        new ChanSelect(16),
        new ChanRing(),
        new Skynet(),
        new HandOff("wait", samples: 1000, TimeSpan.FromMilliseconds(2), mustP50: 50, aimP50: 15, mustP99: 1000, aimP99: 1000),
        new HandOff("monitor", samples: 500, TimeSpan.FromMilliseconds(20), mustP50: 250, aimP50: 60, mustP99: 12_000, aimP99: 12_000),
        new PrimeSieve(),
        new ChanScale(),
        new Hog(),
        new HashTree(readOnly: false),
        new HashTree(readOnly: true),
        new ThreadChurn(),
        .. WebSuite.All,
    ];

    /// <summary>
    /// The benchmarks that a comma-separated list names: each part is a benchmark's whole name, or a piece of the names of several.
    /// Empty when a part names none.
    /// </summary>
    public static IReadOnlyList<IBenchmark> Find(string names)
    {
        List<IBenchmark> found = [];
        foreach (string name in names.Split(',', StringSplitOptions.TrimEntries))
        {
            // An empty name is a part of every name, and never meant.
            if (name.Length == 0)
                return [];
            IBenchmark[] matches = [.. All.Where(benchmark => benchmark.Name == name)];
            if (matches.Length == 0)
                matches = [.. All.Where(benchmark => benchmark.Name.Contains(name, StringComparison.OrdinalIgnoreCase))];
            if (matches.Length == 0)
                return [];
            found.AddRange(matches);
        }

        return [.. found.Distinct()];
    }
}
