namespace Weft.Guarding;

/// <summary>How much must have been seen of a pool to compare two rates of what it completes.</summary>
/// <param name="Nanoseconds">For how long, at least.</param>
/// <param name="Completions">How many items, at least.</param>
/// <param name="Enough">The part of the rate before that counts as as much. Half of the threads complete half as much if all are of use.
/// </param>
/// <param name="LeastThreads">With fewer threads no further half is tried.</param>
internal sealed record TrialSize(long Nanoseconds, int Completions, double Enough, int LeastThreads)
{
    /// <summary>For a pool that merely starves, where half a second is no matter: a twentieth less counts as a difference.</summary>
    internal static TrialSize Slow { get; } = new(500_000_000, 20, 0.95, ThreadTrial.LeastThreads);

    /// <summary>
    /// For a convoy, which has to be quick: of a hundred items, chance makes a fifth less in one of twenty trials. Eight threads at a lock
    /// are few enough.
    /// </summary>
    internal static TrialSize Convoy { get; } = new(20_000_000, 100, 0.8, 8);

    /// <summary>Items that ended in a nanosecond.</summary>
    internal static double Rate(in PoolLook from, in PoolLook to) =>
        (to.Completed - from.Completed) / (double)Math.Max(1, to.TimeNanoseconds - from.TimeNanoseconds);

    internal bool HasPassed(in PoolLook from, in PoolLook to) => to.TimeNanoseconds - from.TimeNanoseconds >= Nanoseconds;

    internal bool IsReached(in PoolLook from, in PoolLook to) =>
        HasPassed(from, to) && to.Completed - from.Completed >= Completions;
}
