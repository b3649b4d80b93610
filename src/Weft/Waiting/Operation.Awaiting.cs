using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using Weft.Runtime.Core;
using Weft.Runtime.Host;
using Weft.Runtime.Running;

namespace Weft.Waiting;

/// <content>Being awaited: in the flow of the goroutine that started the operation, or elsewhere.</content>
internal abstract partial class Operation
{
    /// <summary>
    /// For an awaiter, before the wait begins. A second await is refused here, where the exception can be caught: once the wait has begun,
    /// as the compiler sees it, the exception would end the method.
    /// </summary>
    /// <exception cref="InvalidOperationException">It is awaited, or was.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void CheckUnawaited(short token)
    {
        if (IsAwaited(token))
            throw Misuse.AwaitedTwice();
    }

    // What does not run with the run right may see an await too late: see s_attach.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsAwaited(short token) => HasAwaiter(token) || _awaitPlace == AwaitPlace.Elsewhere;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool HasAwaiter(short token) => token != Version || (Action is { } awaiter && awaiter != s_completed);

    /// <summary>
    /// For an awaiter of our own: <paramref name="continuation"/> runs on the goroutine that awaits, or where its context says.
    /// </summary>
    internal void Await(Action continuation, short token, bool flowContext)
    {
        if (flowContext || !TryAwaitInPlace(continuation, token))
            AwaitElsewhere(continuation, token, flowContext);
    }

    /// <summary>
    /// As <see cref="Await(Action, short, bool)"/>, for a body, which is resumed without a delegate if it is its goroutine that awaits.
    /// </summary>
    internal void Suspend(BodyFrame frame, short token)
    {
        if (token != Version || Action is not null || !TryAwaitInPlace(frame, token))
            SuspendElsewhere(frame, token);
    }

    // Or by a goroutine that awaits it a second time. Not in line: a try block slows down what is around it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void SuspendElsewhere(BodyFrame frame, short token)
    {
        try
        {
            if (!TryAwaitInPlace(frame, token))
                AwaitElsewhere(frame.Continuation, token, flowContext: false);
        }
        catch (InvalidOperationException e)
        {
            frame.EndUnresumed(e);
        }
    }

    /// <summary>Awaits for the goroutine that started the operation, in its own flow; false when the caller is anything else.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryAwaitInPlace(object continuation, short token)
    {
        if (Machine.Calling is not { } machine || _owner is not { } owner
            || machine.Current != owner || SynchronizationContext.Current != owner)
            return false;
        CheckVersion(token);
        WaitReason reason = _afterTurn != Outcome.Pending ? WaitReason.Yield : _reason;
        Attach(continuation, null);
        _awaitPlace = AwaitPlace.InOwnFlow;
        machine.NoteWaitBox(owner, continuation);
        machine.WaitReason = reason;
        return true;
    }

    private void AwaitElsewhere(Action continuation, short token, bool flowContext)
    {
        const ValueTaskSourceOnCompletedFlags There = ValueTaskSourceOnCompletedFlags.UseSchedulingContext;
        Await(Invoke, continuation, token, flowContext ? There | ValueTaskSourceOnCompletedFlags.FlowExecutionContext : There);
    }

    private protected ValueTaskSourceStatus Status(short token)
    {
        CheckVersion(token);
        if (_afterTurn != Outcome.Pending)
        {
            // A caller that asks a second time does not await the operation, so it gives no turn.
            if (!_wasAsked)
            {
                _wasAsked = true;
                return ValueTaskSourceStatus.Pending;
            }

            SettleTurn();
        }

        return StatusOf(_outcome, _outcome == Outcome.Pending && IsAwaited(token));
    }

    /// <summary>The same where the end of a channel may be an exception.</summary>
    private protected ValueTaskSourceStatus Status(short token, bool isEndAnError, Exception? reason)
    {
        ValueTaskSourceStatus status = Status(token);
        if (status != ValueTaskSourceStatus.Succeeded || _outcome != Outcome.Closed || !isEndAnError)
            return status;
        return reason is OperationCanceledException ? ValueTaskSourceStatus.Canceled : ValueTaskSourceStatus.Faulted;
    }

    private protected void Await(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        CheckVersion(token);
        Goroutine? owner = _owner;
        Machine? machine = Machine.Calling;
        bool isRunning = owner is not null && machine is not null && machine.Current == owner;
        if (isRunning && flags == ValueTaskSourceOnCompletedFlags.UseSchedulingContext && SynchronizationContext.Current == owner)
        {
            machine!.WaitBox = state;
            machine.WaitReason = _afterTurn != Outcome.Pending ? WaitReason.Yield : _reason;
            Attach(continuation, state);
            return;
        }

        object? place = PlaceFor(flags, ref continuation, ref state);
        if (owner is null)
        {
            AwaitOutside(continuation, state, place);
        }
        else if (isRunning)
        {
            Attach(s_dispatch, new ScheduledContinuation(continuation, state, place));
        }
        else
        {
            _awaitPlace = AwaitPlace.Elsewhere;
            owner.PostContinuation(s_attach, (this, new ScheduledContinuation(continuation, state, place), token));
        }
    }

    /// <summary>
    /// For an operation that no goroutine has started. What is to go on on the pool needs no object: the state is stored before the action.
    /// </summary>
    private void AwaitOutside(Action<object?> continuation, object? state, object? place)
    {
        object? seen = Volatile.Read(ref Action);
        if (seen is not null && seen != s_completed)
            throw Misuse.AwaitedTwice();
        object waiting = place is null ? continuation : new ScheduledContinuation(continuation, state, place);
        State = state;
        seen = Interlocked.CompareExchange(ref Action, waiting, null);
        if (seen is null)
            return;
        if (seen != s_completed)
            throw Misuse.AwaitedTwice();
        Dispatch(waiting, state);
    }

    private static void Dispatch(object waiting, object? state)
    {
        if (waiting is ScheduledContinuation elsewhere)
            elsewhere.Dispatch();
        else
            CleanThread.QueueToPool((Action<object?>)waiting, state);
    }

    /// <summary>With the run right of the goroutine.</summary>
    private void Attach(object continuation, object? state)
    {
        if (_afterTurn != Outcome.Pending)
        {
            SettleTurn();
            _owner!.YieldWith(continuation, state);
        }
        else if (WasTaken)
        {
            _owner!.PostContinuation(continuation, state);
        }
        else if (Action is not null)
        {
            throw Misuse.AwaitedTwice();
        }
        else
        {
            Action = continuation;
            if (state is not null)
                State = state;
        }
    }

    /// <summary>
    /// An awaiter elsewhere takes the place of the goroutine, which has awaited the operation while the continuation of that awaiter was on
    /// its way. The goroutine goes on, and is refused as it asks for the result, where it can catch that. With the run right of the
    /// goroutine.
    /// </summary>
    private void TakePlace(ScheduledContinuation waiting)
    {
        object second = Action!;
        object? state = State;
        _awaitPlace = AwaitPlace.Unknown;
        Action = s_dispatch;
        State = waiting;
        _owner!.PostContinuation(second, state);
    }

    private void SettleTurn()
    {
        _outcome = _afterTurn;
        _afterTurn = Outcome.Pending;
    }
}
