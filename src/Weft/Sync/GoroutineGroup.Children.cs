using System.Runtime.ExceptionServices;
using Weft.Runtime.Core;
using Weft.Runtime.Running;
using Weft.Sync;
using Weft.Waiting;

namespace Weft;

/// <content>The children, and what their ends do.</content>
public sealed partial class GoroutineGroup
{
    private readonly Engine _engine;

    // Guards all that follows.
    private SpinGate _gate;

    // Children that have room: under way, or about to be.
    private int _running;
    private int _limit = int.MaxValue;
    private WaiterList<WaitOperation> _starting;
    private WaiterList<WaitOperation> _waiting;
    private readonly List<Exception> _errors = [];

    // A child ended because of the cancellation, or was not started.
    private bool _keptFromEnd;
    private bool _cancelledOnPurpose;

    // A wait has thrown the error, or said that the group was cancelled.
    private bool _told;

    // Disposed: no child any more, and none will come.
    private bool _closed;

    bool IWaitQueue.TryRemove(WaitOperation operation)
    {
        _gate.Enter();
        bool removed = operation.IsListed;
        if (removed && operation is StartOperation)
            _starting.Remove(operation);
        else if (removed)
            _waiting.Remove(operation);
        _gate.Exit();
        return removed;
    }

    void IWaitQueue.OnReturning(WaitOperation operation)
    {
        if (operation is not GroupWait wait)
            return;
        _gate.Enter();
        Exception? error = _errors.Count > 0 ? _errors[0] : null;
        bool cancelled = _keptFromEnd && !_cancelledOnPurpose && _outside.IsCancellationRequested;
        bool tells = !wait.Disposes || !_told;
        _told |= error is not null || cancelled;
        _gate.Exit();
        if (wait.Disposes)
            _cancellation.Dispose();
        if (!tells)
            return;
        if (error is not null)
        {
            AttachOthers(error);
            ExceptionDispatchInfo.Throw(error);
        }

        if (cancelled)
            throw new OperationCanceledException(_outside);
    }

    bool IGoroutineParent.OnChildEnded(Goroutine child, Exception? exception)
    {
        if (exception is not null)
            NoteError(exception);
        GiveRoomBack();
        return true;
    }

    void IGoroutineParent.OnChildAbandoned(Goroutine child, Exception reason)
    {
        NoteError(reason);
        GiveRoomBack();
    }

    bool IGoroutineParent.IsAwaitedOnlyBy(GoroutineHome home)
    {
        _gate.Enter();
        bool only = _waiting.All(home, static (wait, home) => wait.IsAwaitedBy(home))
            && _starting.All(home, static (wait, home) => wait.IsAwaitedBy(home));
        _gate.Exit();
        return only;
    }

    private WaitReason Reason(WaitReason reason) =>
        Machine.CallingGoroutine?.Engine == _engine ? reason : reason | WaitReason.OrOutside;

    /// <summary>
    /// What left a child, or the body of <see cref="RunAsync"/>. The first error cancels the group, unless <see cref="CancelOnError"/> is
    /// false.
    /// </summary>
    private void NoteError(Exception exception)
    {
        _gate.Enter();
        bool first = false;
        if (exception is OperationCanceledException && Token.IsCancellationRequested)
        {
            _keptFromEnd = true;
        }
        else if (!_errors.Exists(error => ReferenceEquals(error, exception)))
        {
            _errors.Add(exception);
            first = _errors.Count == 1;
        }

        _gate.Exit();
        if (!first || !CancelOnError)
            return;
        try
        {
            CancelSource();
        }
        catch (AggregateException e)
        {
            // Callbacks of the token failed. Nobody else can be told of it.
            _gate.Enter();
            _errors.AddRange(e.InnerExceptions);
            _gate.Exit();
        }
    }

    /// <summary>A source that is being disposed has no child left to be told.</summary>
    private void CancelSource()
    {
        try
        {
            _cancellation.Cancel();
        }
        catch (ObjectDisposedException)
        {
        }
    }

    /// <summary>Under the gate; nobody is under way any more, and nobody waits to be.</summary>
    private WaiterList<WaitOperation> TakeWaiting()
    {
        WaiterList<WaitOperation> waiting = _waiting.TakeAll();
        for (WaitOperation? wait = waiting.First; wait is not null; wait = wait.Following)
            _closed |= ((GroupWait)wait).Disposes;
        return waiting;
    }

    private ValueTask Enqueue(GroupWait wait)
    {
        _gate.Enter();
        bool waits = _running > 0 && !wait.IsCancellationRequested;
        if (waits)
            _waiting.AddLast(wait);
        else if (_running == 0)
            _closed |= wait.Disposes;
        bool cancelled = _running > 0 && !waits;
        _gate.Exit();
        if (cancelled)
            wait.EndCancelled();
        else if (!waits)
            wait.End();
        return wait.Task;
    }

    private static void EndAll(WaiterList<WaitOperation> operations, Exception? failure)
    {
        while (operations.RemoveFirst() is WaitOperation operation)
            operation.End(failure);
    }

    private void AttachOthers(Exception first)
    {
        List<Exception> others = [.. GetOtherErrors(first)];
        foreach (Exception error in Errors)
        {
            if (error != first && !others.Exists(other => ReferenceEquals(other, error)))
                others.Add(error);
        }

        // Exceptions may have a dictionary of their own kind.
        if (others.Count > 0 && !first.Data.IsReadOnly)
            first.Data[OtherErrorsKey] = others.AsReadOnly();
    }
}
