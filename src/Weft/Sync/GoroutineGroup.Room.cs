using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Weft.Runtime.Running;
using Weft.Sync;
using Weft.Waiting;

namespace Weft;

/// <content>
/// Room for children: how it is given, and how children wait for it.
/// <para>
/// Room that a child gives back goes straight to the first that waits for it. Nobody waits for room while there is some: a start that
/// finds others waiting queues behind them. A group that is cancelled has nobody waiting for room. While more children are under way than
/// a lowered limit allows, room that is given back is gone; a limit that is raised lets in as many as there is new room for.
/// </para>
/// </content>
public sealed partial class GoroutineGroup
{
    /// <summary>Gives a child room, or has its start wait for it; throws if the group takes no more.</summary>
    /// <returns>What waits for room, or null: then the caller starts the child.</returns>
    private StartOperation<TGoroutine>? Admit<TGoroutine>(TGoroutine child, bool blocks)
        where TGoroutine : Goroutine
    {
        _gate.Enter();
        bool closed = _closed;
        bool cancelled = Token.IsCancellationRequested;
        bool full = _running >= _limit;
        if (!closed && !cancelled && !full)
            _running++;
        _keptFromEnd |= cancelled;
        _gate.Exit();
        if (closed)
            ThrowClosed();
        if (cancelled)
            ThrowRefusal();
        if (!full)
            return null;

        WaitReason reason = Reason(WaitReason.GroupLimit);
        if (_outside.CanBeCanceled)
            reason |= WaitReason.OrOutside;
        var operation = new StartOperation<TGoroutine>(this, reason, blocks, child);
        _gate.Enter();
        cancelled = Token.IsCancellationRequested;
        full = _running >= _limit;
        if (!cancelled && full)
            _starting.AddLast(operation);
        else if (!cancelled)
            _running++;
        _keptFromEnd |= cancelled;
        _gate.Exit();
        if (cancelled)
            ThrowRefusal();
        return full ? operation : null;
    }

    /// <summary>
    /// Starts a child if there is room and the group is not cancelled. It does not overtake: while others wait, there is no room.
    /// </summary>
    private ChildGoroutine? StartIfRoom(object body, BodyKind kind, string file, int line)
    {
        _gate.Enter();
        bool closed = _closed;
        bool starts = !closed && !Token.IsCancellationRequested && _running < _limit;
        if (starts)
            _running++;
        _gate.Exit();
        if (closed)
            ThrowClosed();
        if (!starts)
            return null;
        ChildGoroutine child = Child(body, kind, file, line);
        Launch(child);
        return child;
    }

    [DoesNotReturn]
    private static void ThrowClosed() =>
        throw new ObjectDisposedException(nameof(GoroutineGroup), "The goroutine cannot be started: the group is disposed.");

    private void ChangeLimit(int limit)
    {
        List<StartOperation>? admitted = null;
        _gate.Enter();
        Volatile.Write(ref _limit, limit);
        while (_running < limit && !Token.IsCancellationRequested && TakeFirstStarting() is StartOperation next)
        {
            (admitted ??= []).Add(next);
            _running++;
        }

        _gate.Exit();
        foreach (StartOperation next in admitted ?? [])
        {
            if (!TryLaunch(next))
                GiveRoomBack();
        }
    }

    /// <summary>Under the gate: the first that waits for room and is still there to hear that its child has started.</summary>
    private StartOperation? TakeFirstStarting()
    {
        WaitOperation? next = _starting.RemoveFirst();
        while (next is { IsLeftBehind: true })
            next = _starting.RemoveFirst();
        return (StartOperation?)next;
    }

    /// <summary>Starts a child that waited and has room now; false if it cannot be started, and its room is to be given back.</summary>
    private bool TryLaunch(StartOperation operation)
    {
        try
        {
            _engine.Start(operation.Child);
            operation.End();
            return true;
        }
        catch (ObjectDisposedException e)
        {
            operation.End(e);
            return false;
        }
    }

    /// <summary>Starts a child that has room.</summary>
    private void Launch(Goroutine child)
    {
        try
        {
            _engine.Start(child);
        }
        catch
        {
            GiveRoomBack();
            throw;
        }
    }

    private void GiveRoomBack()
    {
        while (true)
        {
            WaiterList<WaitOperation> ended = default;
            WaiterList<WaitOperation> refused = default;
            _gate.Enter();

            // The token's callback that refuses the starts that wait may still be on its way.
            if (Token.IsCancellationRequested)
                refused = TakeStarting();
            StartOperation? next = _running <= _limit ? TakeFirstStarting() : null;
            if (next is null && --_running == 0)
                ended = TakeWaiting();
            _gate.Exit();
            Refuse(refused);
            EndAll(ended, null);
            if (next is null)
                return;

            // The room is the next one's.
            if (TryLaunch(next))
                return;
        }
    }

    /// <summary>The group was cancelled: nothing that waits for room gets any.</summary>
    private void RefuseWaiting()
    {
        _gate.Enter();
        WaiterList<WaitOperation> refused = TakeStarting();
        _gate.Exit();
        Refuse(refused);
    }

    /// <summary>Under the gate, once the group is cancelled: those that wait for room and will get none.</summary>
    private WaiterList<WaitOperation> TakeStarting()
    {
        WaiterList<WaitOperation> starting = _starting.TakeAll();
        _keptFromEnd |= !starting.IsEmpty;
        return starting;
    }

    private void Refuse(WaiterList<WaitOperation> starting)
    {
        if (!starting.IsEmpty)
            EndAll(starting, Refusal());
    }

    /// <summary>
    /// Why a cancelled group starts nothing: an error of a child, so that a loop that only starts children tells at once what has gone
    /// wrong; or a cancellation.
    /// </summary>
    private Exception Refusal()
    {
        _gate.Enter();
        Exception? error = CancelOnError && _errors.Count > 0 ? _errors[0] : null;
        _gate.Exit();
        return error ?? new OperationCanceledException(Token);
    }

    private void ThrowRefusal() => ExceptionDispatchInfo.Throw(Refusal());
}
