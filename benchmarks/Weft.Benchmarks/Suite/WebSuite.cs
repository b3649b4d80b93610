using Weft.Benchmarks.Harness;

namespace Weft.Benchmarks.Suite;

/// <summary>The benchmarks of servers, with what the project holds itself to.</summary>
internal static class WebSuite
{
    // Blocking in goroutines costs a hand-off, which the guarded pool does not pay.
    private const double GuardedCpu = 1.2;
    private const double CpuInGoroutines = 1.7;

    // Where the guard has nothing to do, it must not be in the way.
    private const double AlmostAll = 0.99;
    private const double FivePercentWorse = 1.05;

    // Of a processor: the least that people give a container.
    private const double SmallContainer = 0.2;

    // Each of these requests for 5 ms of a processor is answered within half a second there.
    private const int SmallLoad = 16;

    // The compiler has to be done, where nothing but the code is measured.
    private static readonly TimeSpan s_untilHot = TimeSpan.FromSeconds(3);

    public static IEnumerable<IBenchmark> All =>
    [
        Blocking("sleep", 64, guarded: 0.99, inGoroutines: 0.98),
        Blocking("sleep", 256, guarded: 0.99, inGoroutines: 0.98),
        Blocking("sleep", 1000, guarded: 0.95, inGoroutines: 0.7),
        Blocking("result", 64),
        Blocking("result", 256, guarded: 0.98, inGoroutines: 0.95),
        Blocking("result", 1000, guarded: 0.92, inGoroutines: 0.75),
        Blocking("run-wait", 64, needsGuard: true),
        Blocking("run-wait", 256, needsGuard: true),
        Blocking("run-wait", 1000, needsGuard: true),
        Blocking("postgres", 256, guarded: 0.98, inGoroutines: 0.95, needsDatabase: true),
        new WebThroughput("plaintext", "/plaintext", connections: 256) { Guarded = AlmostAll, InGoroutines = 0.9, WarmUp = s_untilHot },
        new WebThroughput("json", "/json", connections: 256) { Guarded = AlmostAll, WarmUp = s_untilHot },
        NotToBeHarmed("lock-sleep"),
        NotToBeHarmed("lock-spin"),
        NotToBeHarmed("cpu"),
        NotToBeHarmed("cpu", "quota-cpu", SmallContainer, SmallLoad),
        NotToBeHarmed("plaintext", "quota-plaintext", SmallContainer),
        new WebFlows(),
        new WebCold("sleep", "/sleep", guardedMs: 500, inGoroutinesMs: 600),
        new WebCold("result", "/result", guardedMs: 700, inGoroutinesMs: 500),
        new WebCold("run-wait", "/run-wait", guardedMs: 500, inGoroutinesMs: 600),
        new WebBystander("sleep", "/sleep"),
        new WebBystander("result", "/result"),
        new WebBystander("run-wait", "/run-wait"),
        new WebStarved(),
        new WebThreads(),
        new WebStop(),
    ];

    /// <summary>Handlers that block for 50 ms.</summary>
    private static WebThroughput Blocking(
        string kind,
        int connections,
        double? guarded = null,
        double? inGoroutines = null,
        bool needsGuard = false,
        bool needsDatabase = false) =>
        new($"{kind}-{connections}", $"/{kind}", connections)
        {
            Against = WebBenchmark.Min1000,
            Guarded = guarded,
            InGoroutines = inGoroutines,
            GuardedCpu = guarded is null ? null : GuardedCpu,
            CpuInGoroutines = inGoroutines is null ? null : CpuInGoroutines,
            NeedsGuard = needsGuard,
            NeedsDatabase = needsDatabase,
        };

    /// <summary>More threads than there are do not help such handlers.</summary>
    private static WebThroughput NotToBeHarmed(string kind, string? name = null, double? processors = null, int connections = 256) =>
        new(name ?? kind, $"/{kind}", connections)
        {
            Guarded = 1 / FivePercentWorse,
            GuardedP99 = FivePercentWorse,
            Processors = processors,
        };
}
