using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using Weft.Runtime.Core;
using Weft.Runtime.Host;
using Weft.Runtime.Running;

namespace Weft.Waiting;

/// <summary>
/// Something that somebody waits for through a <see cref="ValueTask"/>, and that others complete. A goroutine keeps those that it is done
/// with and uses them again, so waiting allocates nothing in the steady state.
/// </summary>
/// <remarks>
/// <para>
/// <b>Started by a goroutine.</b> The one that completes the operation does not ask whether it is awaited yet: it stores the outcome and
/// puts the operation itself into the goroutine's mailbox. Everything else - the continuation, whether the mail has come
/// (<see cref="WorkItem.WasTaken"/>) - is read and written with the goroutine's run right only, so the two sides need no hand-shake: mail
/// that comes before the await finds no continuation and leaves a note, and the await finds the note. An operation is used again only after
/// its mail has come, so there is never mail on its way for an earlier use.
/// </para>
/// <para>
/// <b>Started by a thread that runs no goroutine.</b> There is no run right; <see cref="WorkItem.Action"/> is settled by interlocked
/// operations: null, then the continuation or <see cref="s_completed"/>, and whoever comes second acts. Such an operation is used once,
/// unless it is seen after its use that <see cref="s_completed"/> is there: to store that is the last thing that the completer does with it
/// (<see cref="TryMakeNew"/>).
/// </para>
/// <para>
/// Whoever completes an operation must have claimed it (taken it out of the queue it was in, or won what decides a race for it), so it
/// happens once for each use.
/// </para>
/// </remarks>
internal abstract class Operation : WaitSource
{
    /// <summary>How many operations a goroutine keeps: send, receive and sleep in turn, and one more.</summary>
    private const int MaxKept = 4;

    private static readonly object s_completed = new();
    private static readonly Action<object?> s_dispatch = static waiting => ((ScheduledContinuation)waiting!).Dispatch();

    private static readonly Action<object?> s_attach = static await =>
    {
        (Operation operation, ScheduledContinuation waiting, short token) = ((Operation, ScheduledContinuation, short))await!;

        if (!operation.HasAwaiter(token))
            operation.Attach(s_dispatch, waiting);
        else if (token == operation.Version && !operation.WasTaken)
            operation.TakePlace(waiting);
        else
            waiting.Dispatch(); // it is over: told as it asks for the result
    };

    // The goroutine that started it, or null. Set by Begin.
    private Goroutine? _owner;

    // Written by whoever completes it, after the result.
    private volatile Outcome _outcome;

    // How it ends once its goroutine has given the others a turn; Pending if it is no such operation.
    private Outcome _afterTurn;
    private bool _wasAsked;

    // Its goroutine keeps it: it is in the list that begins with Goroutine.KeptOperations, whether it is in use or not. With the run right
    // only.
    private bool _isKept;
    private bool _isFree;

    // Its use has ended before its mail came, which then gives it back.
    private bool _isLeftToMail;
    private Operation? _nextKept;

    private WaitReason _reason;

    private AwaitPlace _awaitPlace;
    internal Goroutine? Owner => _owner;

    /// <summary>Whether the goroutine that started it never runs again.</summary>
    internal bool IsLeftBehind => _owner is { Home.IsStopped: true };

    /// <summary>How it ended, so far.</summary>
    private protected Outcome OutcomeSoFar => _afterTurn != Outcome.Pending ? _afterTurn : _outcome;

    /// <summary>From now on it is in use, by the goroutine that the calling thread runs; null for a thread that runs none.</summary>
    /// <param name="owner">That goroutine.</param>
    /// <param name="reason">What it waits for when it awaits the operation.</param>
    internal void Begin(Goroutine? owner, WaitReason reason)
    {
        if (_owner != owner)
            _owner = owner;
        _reason = reason;
        _awaitPlace = AwaitPlace.Unknown;
        _afterTurn = Outcome.Pending;
        WasTaken = false;
    }

    /// <summary>Somebody who is no goroutine may end the wait. Before it is awaited.</summary>
    private protected void NoteOutside() => _reason |= WaitReason.OrOutside;

    /// <summary>Tells the one who waits. Called once, by whoever has claimed the operation, without locks.</summary>
    /// <param name="outcome">How it ended.</param>
    /// <param name="machine">The calling machine, or null.</param>
    internal void Complete(Outcome outcome, Machine? machine)
    {
        Goroutine? owner = _owner;
        _outcome = outcome;
        FaultPoints.Hit("operation.ended");
        if (owner is not null)
            owner.Deliver(this, machine);
        else if (Interlocked.Exchange(ref Action, s_completed) is { } waiting)
            Dispatch(waiting, State);
    }

    /// <summary>
    /// For an operation that has just begun and has ended at once: awaiting it gives the other goroutines a turn. For a running goroutine;
    /// or for the task that it runs, which comes back as another.
    /// </summary>
    internal void EndAfterTurn(Outcome outcome)
    {
        if (_owner is null)
        {
            Machine.Calling!.Budget = Machine.OperationBudget; // the task may do without the turn
            Complete(outcome, null);
            return;
        }

        _afterTurn = outcome;
        _wasAsked = false;
        WasTaken = true;
    }

    /// <summary>An operation of the given kind that the running goroutine keeps and does not use now; null if it has none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected static TOperation? TakeKept<TOperation>(Goroutine goroutine)
        where TOperation : Operation
    {
        Operation? first = goroutine.KeptOperations;
        if (first is not TOperation { _isFree: true } found)
            return first is null ? null : TakeKeptBehind<TOperation>(first);
        found._isFree = false;
        return found;
    }

    private static TOperation? TakeKeptBehind<TOperation>(Operation first)
        where TOperation : Operation
    {
        for (Operation? other = first._nextKept; other is not null; other = other._nextKept)
        {
            if (other is not TOperation { _isFree: true } found)
                continue;
            found._isFree = false;
            return found;
        }

        return null;
    }

    /// <summary>
    /// For an awaiter, before the wait begins: one who awaits what is awaited already is told there, where the exception can be caught.
    /// Once the wait has begun, as the compiler sees it, it would end the method.
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

    /// <summary>False when it is not the goroutine that started the operation who awaits it, in its own flow.</summary>
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
            // Who asks a second time does not await it, and gets no turn.
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

        if ((flags & ValueTaskSourceOnCompletedFlags.FlowExecutionContext) != 0)
            FlowedContinuation.Replace(ref continuation, ref state);
        object? place = (flags & ValueTaskSourceOnCompletedFlags.UseSchedulingContext) != 0 ? WaitContext.Capture() : null;
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
            owner.Resume(s_attach, (this, new ScheduledContinuation(continuation, state, place), token));
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

    /// <summary>
    /// The goroutine that keeps these operations never runs again: takes out of their queues what it waits for, and gives back what it got
    /// and has not looked at.
    /// </summary>
    internal override void LeaveAll(Goroutine goroutine)
    {
        for (Operation? operation = this; operation is not null; operation = operation._nextKept)
        {
            if (operation is { _isFree: false, _isLeftToMail: false })
                operation.Leave();
        }
    }

    /// <summary>For an operation in use, of a goroutine that never runs again; see <see cref="LeftBehind"/>.</summary>
    private protected virtual void Leave()
    {
    }

    /// <summary>Decides that the caller gives back what the operation brought; once, for an operation that is never used again.</summary>
    private protected bool TryClaimLeft() => Interlocked.Exchange(ref Action, s_completed) != s_completed;

    /// <summary>Lists an operation that was just made for its goroutine with those that this keeps, in use from now on.</summary>
    private protected void ListFor(Goroutine owner)
    {
        if (_isKept)
            return;

        // Not as the first, which is looked at before the others are.
        if (owner.KeptOperations is Operation first)
        {
            owner.KeptOperations = first._nextKept;
            TryAddTo(owner);
            first._nextKept = owner.KeptOperations;
            owner.KeptOperations = first;
        }
        else
        {
            TryAddTo(owner);
        }
    }

    /// <summary>Undoes it.</summary>
    private protected void Unlist()
    {
        if (!_isKept)
            return;
        _isKept = false;
        if (_owner!.KeptOperations == this)
        {
            _owner.KeptOperations = _nextKept;
        }
        else
        {
            Operation before = _owner.KeptOperations!;
            while (before._nextKept != this)
                before = before._nextKept!;
            before._nextKept = _nextKept;
        }

        _nextKept = null;
    }

    /// <summary>The end of this use; afterwards the operation may be in use again at any time.</summary>
    private protected Outcome End(short token)
    {
        CheckVersion(token);
        if (_afterTurn != Outcome.Pending)
            SettleTurn();
        Outcome outcome = _outcome;
        if (outcome == Outcome.Pending)
            throw Action is null ? Misuse.NoResultYet() : Misuse.AwaitedTwice();
        EndVersion();
        _outcome = Outcome.Pending; // for the next use; and there is nothing left to be given back
        return outcome;
    }

    /// <summary>
    /// Gives an operation whose use has ended to its goroutine to be used again, if that is who calls and no mail is on its way.
    /// </summary>
    private protected void Keep()
    {
        if (_owner is not Goroutine owner)
        {
            KeepOutside();
            return;
        }

        if (_awaitPlace != AwaitPlace.InOwnFlow && Machine.CurrentGoroutine != owner)
            return;
        if (WasTaken)
            KeepFor(owner);
        else
            _isLeftToMail = true;
    }

    /// <summary>The same for one that no goroutine has started.</summary>
    private protected virtual void KeepOutside()
    {
    }

    /// <summary>
    /// Makes an operation that no goroutine has started, and whose use has ended, fit for another; false if it is still being completed.
    /// </summary>
    private protected bool TryMakeNew()
    {
        if (Volatile.Read(ref Action) != s_completed)
            return false;
        Action = null;
        State = null;
        return true;
    }

    /// <summary>
    /// Its mail has come, and nobody waits: it had no continuation yet, or it has ended before that. With the run right of the goroutine.
    /// </summary>
    internal override void OnMailForNobody()
    {
        if (!_isLeftToMail)
            return;
        _isLeftToMail = false;
        KeepFor(_owner!);
    }

    private void KeepFor(Goroutine owner)
    {
        Action = null;
        State = null;
        _isFree = _isKept || TryAddTo(owner);
    }

    /// <summary>
    /// Adds it to those that its goroutine keeps; one of them that was not given back makes room. False if there is none.
    /// </summary>
    private bool TryAddTo(Goroutine owner)
    {
        int kept = 0;
        Operation? notGivenBack = null;
        Operation? beforeThat = null;
        for (Operation? other = owner.KeptOperations, before = null; other is not null; before = other, other = other._nextKept)
        {
            kept++;
            if (!other._isFree)
                (notGivenBack, beforeThat) = (other, before);
        }

        if (kept >= MaxKept)
        {
            if (notGivenBack is null)
                return false;
            if (beforeThat is null)
                owner.KeptOperations = notGivenBack._nextKept;
            else
                beforeThat._nextKept = notGivenBack._nextKept;
            notGivenBack._nextKept = null;
            notGivenBack._isKept = false;
        }

        _isKept = true;
        _nextKept = owner.KeptOperations;
        owner.KeptOperations = this;
        return true;
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
            _owner!.Resume(continuation, state);
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
    /// The goroutine has awaited the operation while this one's continuation was on its way: neither saw the other. The goroutine goes on,
    /// and is told as it asks for the result; it is one flow that can catch that. With the run right of the goroutine.
    /// </summary>
    private void TakePlace(ScheduledContinuation waiting)
    {
        object second = Action!;
        object? state = State;
        _awaitPlace = AwaitPlace.Unknown;
        Action = s_dispatch;
        State = waiting;
        _owner!.Resume(second, state);
    }

    private void SettleTurn()
    {
        _outcome = _afterTurn;
        _afterTurn = Outcome.Pending;
    }
}
