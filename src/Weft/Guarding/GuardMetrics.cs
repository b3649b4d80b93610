using System.Diagnostics.Metrics;
using Weft.Diagnostics;

namespace Weft.Guarding;

/// <summary>The instruments over the guard of .NET's pool. While there is no guard, they tell of nothing.</summary>
internal static class GuardMetrics
{
    private const string ReasonTag = "weft.guard.reason";

    private static volatile GuardRecord? s_record;

    static GuardMetrics()
    {
        AddLevel(
            "weft.thread_pool.guard.added", "{thread}", "Threads by which the guard has raised the minimum of .NET's pool now.",
            static now => now.Minimum - now.UserMinimum);
        AddLevel(
            "weft.thread_pool.guard.minimum", "{thread}", "The minimum of .NET's pool that is in force.", static now => now.Minimum);
        AddLevel(
            "weft.thread_pool.guard.starving", "{pool}", "1 while work waits because the pool's threads block, otherwise 0.",
            static now => now.IsStarving ? 1 : 0);
        AddCounter(
            "weft.thread_pool.guard.starvations", "{starvation}", "Times the pool began to starve.", static now => now.Starvations);
        AddCounter("weft.thread_pool.guard.raised", "{change}", "Times the guard raised the minimum.", static now => now.Raised);
        WeftMeter.Instance.CreateObservableCounter(
            "weft.thread_pool.guard.lowered", ObserveLowered, "{change}", "Times the guard lowered the minimum.");
        WeftMeter.Instance.CreateObservableCounter(
            "weft.thread_pool.guard.starved_time",
            static () => Observe(static now => now.StarvedFor.TotalSeconds),
            "s",
            "How long the pool has starved, all times together.");
    }

    /// <summary>Whose figures are told: those of the guard that runs; null after its end.</summary>
    internal static GuardRecord? Record
    {
        set => s_record = value;
    }

    private static void AddLevel(string name, string unit, string description, Func<ThreadPoolGuardStatistics, long> read) =>
        WeftMeter.Instance.CreateObservableUpDownCounter(name, () => Observe(read), unit, description);

    private static void AddCounter(string name, string unit, string description, Func<ThreadPoolGuardStatistics, long> read) =>
        WeftMeter.Instance.CreateObservableCounter(name, () => Observe(read), unit, description);

    private static Measurement<T>[] Observe<T>(Func<ThreadPoolGuardStatistics, T> read)
        where T : struct => s_record is GuardRecord record ? [new Measurement<T>(read(record.Statistics))] : [];

    private static IEnumerable<Measurement<long>> ObserveLowered()
    {
        if (s_record is not GuardRecord record)
            return [];
        (PoolFinding Why, string Reason)[] reasons =
        [
            (PoolFinding.Calm, "not_needed"),
            (PoolFinding.Busy, "busy"),
            (PoolFinding.Trying, "trial"),
            (PoolFinding.Futile, "futile"),
        ];
        return reasons.Select(one => WeftMeter.Tagged(record.LoweredBy(one.Why), ReasonTag, one.Reason));
    }
}
