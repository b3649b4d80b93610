namespace Weft.Guarding;

/// <summary>What the guard concludes from a look.</summary>
/// <param name="Finding">What the pool is doing.</param>
/// <param name="Minimum">The minimum that the pool should have.</param>
/// <param name="NextNanoseconds">How long until the next look.</param>
internal readonly record struct GuardStep(PoolFinding Finding, int Minimum, long NextNanoseconds);

/// <summary>What the pool is doing, as far as its counters tell.</summary>
internal enum PoolFinding
{
    /// <summary>Nothing waits, or not for long.</summary>
    Calm,

    /// <summary>Work waits for a processor: more threads would not help.</summary>
    Busy,

    /// <summary>Work waits for a thread, as those there are block.</summary>
    Starving,

    /// <summary>As before, but the guard may not raise the minimum any further.</summary>
    AtBound,

    /// <summary>As before, and the guard tries whether fewer threads would do.</summary>
    Trying,

    /// <summary>As before, but more threads have brought nothing: they wait for each other.</summary>
    Futile,
}
