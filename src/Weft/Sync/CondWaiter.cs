using System.Threading.Tasks.Sources;

namespace Weft.Sync;

/// <summary>
/// One wait of a <see cref="Cond"/>. It stands in two lines, one after the other: that of the condition, then that of its lock.
/// </summary>
/// <remarks>
/// Its token counts in the first line only. From the second there is no way out but with the lock, which the awaiter has after the wait,
/// whatever the outcome.
/// </remarks>
internal sealed class CondWaiter(Cond cond) : LineWaiter(cond), IValueTaskSource
{
    private bool _wasCancelled;
    private bool _wasUnlocked;

    /// <summary>In the condition's line. Under its gate: <see cref="LineWaiter.IsListed"/> may mean the lock's line.</summary>
    internal bool AwaitsSignal { get; set; }

    internal override bool IsCancellationRequested => false;

    /// <summary>Whether the wait for a signal ended, or will end, with one.</summary>
    internal bool IsForSignal => !_wasCancelled && !_wasUnlocked;

    /// <summary>The token was cancelled before the waiter came into the condition's line; the waiter has the lock.</summary>
    internal void MarkCancelled() => _wasCancelled = true;

    /// <summary>When the waiter was to give up the lock, the lock was not locked.</summary>
    internal void MarkUnlocked() => _wasUnlocked = true;

    /// <summary>In the lock's line it had the signal that took it out of the condition's.</summary>
    internal override void OnDropped() => cond.PassOnSignal(this);

    internal override bool End()
    {
        _wasCancelled = false;
        _wasUnlocked = false;
        return base.End();
    }

    private protected override void EndCancelled()
    {
        _wasCancelled = true;
        cond.EnterLock(this);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token)
    {
        ValueTaskSourceStatus status = Status(token);
        return status == ValueTaskSourceStatus.Pending ? status
            : _wasCancelled ? ValueTaskSourceStatus.Canceled
            : _wasUnlocked ? ValueTaskSourceStatus.Faulted
            : status;
    }

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        Await(continuation, state, token, flags);

    void IValueTaskSource.GetResult(short token)
    {
        bool wasCancelled = _wasCancelled;
        bool wasUnlocked = _wasUnlocked;
        CancellationToken cancellation = Token;
        EndAwait(token);
        if (wasCancelled)
            throw new OperationCanceledException(cancellation);
        if (wasUnlocked)
            throw Cond.NotLocked(nameof(Cond.WaitAsync));
    }
}
