namespace Weft.Guarding;

/// <summary>What can be seen of the pool and the process at one moment. Counters only grow.</summary>
internal readonly record struct PoolLook
{
    /// <summary>When.</summary>
    internal long TimeNanoseconds { get; init; }

    /// <summary>Processor time that the process has used.</summary>
    internal long CpuNanoseconds { get; init; }

    /// <summary>Time that the collector has stopped the process for.</summary>
    internal long PausedNanoseconds { get; init; }

    /// <summary>Work items that are queued.</summary>
    internal long Pending { get; init; }

    /// <summary>Work items that have ended.</summary>
    internal long Completed { get; init; }

    /// <summary>Threads of the pool that run an item or look for one.</summary>
    internal int Working { get; init; }

    /// <summary>The pool's minimum: it makes that many threads without hesitation.</summary>
    internal int Minimum { get; init; }

    /// <summary>What the user has set as the minimum.</summary>
    internal int UserMinimum { get; init; }
}
