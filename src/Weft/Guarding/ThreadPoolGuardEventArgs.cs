namespace Weft;

/// <summary>What the guard did to the pool's minimum, and why.</summary>
public enum ThreadPoolGuardAction
{
    /// <summary>Work waited while threads blocked and processors were free: the minimum was raised.</summary>
    Raised,

    /// <summary>Threads were not needed any more, or brought nothing: the minimum was lowered.</summary>
    Lowered,

    /// <summary>Work waits, but the pool has all threads that it may have.</summary>
    BoundReached,

    /// <summary>
    /// Work waits, but more threads brought nothing, and were taken back: they wait for each other, or for what is scarce.
    /// </summary>
    FoundFutile,

    /// <summary>The pool does not take a minimum: the program's configuration or environment fixes it. The guard can do nothing.</summary>
    NotObeyed,

    /// <summary>
    /// The pool had been used before the guard was started, so <see cref="ThreadPoolGuardOptions.ThreadTimeout"/> is without effect. Told
    /// with the first change.
    /// </summary>
    ThreadTimeoutIgnored,
}

/// <summary>The guard changed the minimum of .NET's pool, or could not.</summary>
/// <seealso cref="ThreadPoolGuard.Changed"/>
public sealed class ThreadPoolGuardEventArgs : EventArgs
{
    internal ThreadPoolGuardEventArgs()
    {
    }

    /// <summary>What happened.</summary>
    public ThreadPoolGuardAction Action { get; internal init; }

    /// <summary>The minimum before.</summary>
    public int MinimumBefore { get; internal init; }

    /// <summary>The minimum in force now. Steps that follow each other within a tenth of a second are told as one.</summary>
    public int Minimum { get; internal init; }

    /// <summary>Work items that were queued.</summary>
    public long Pending { get; internal init; }

    /// <summary>Threads of the pool that were running work.</summary>
    public int Working { get; internal init; }

    /// <summary>Whether this is the first time that the pool of this process starves: worth a warning.</summary>
    public bool IsFirstStarvation { get; internal init; }

    /// <summary>A sentence for people.</summary>
    public string Description { get; internal init; } = "";
}
