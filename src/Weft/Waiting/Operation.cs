using Weft.Runtime.Core;
using Weft.Runtime.Host;
using Weft.Runtime.Running;

namespace Weft.Waiting;

/// <summary>
/// A wait that begins before it is awaited, and that other code completes. A goroutine keeps operations whose use has ended and uses them
/// again, so waiting allocates nothing in the steady state.
/// </summary>
/// <remarks>
/// <para>
/// <b>Started by a goroutine.</b> The completer does not ask whether the operation is awaited yet: it stores the outcome and puts the
/// operation itself into the goroutine's mailbox. Everything else - the continuation, whether the mail has come
/// (<see cref="WorkItem.WasTaken"/>) - is read and written with the goroutine's run right only, so the two sides need no hand-shake: mail
/// that comes before the await finds no continuation and leaves a note, and the await finds the note. An operation is used again only after
/// its mail has come, so there is never mail on its way for an earlier use.
/// </para>
/// <para>
/// <b>Started by a thread that runs no goroutine.</b> There is no run right; <see cref="WorkItem.Action"/> is settled by interlocked
/// operations: null, then the continuation or <see cref="s_completed"/>, and the second to come acts. Such an operation is used once,
/// unless it is seen after its use that <see cref="s_completed"/> is there: to store that is the last thing that the completer does with it
/// (<see cref="TryMakeNew"/>).
/// </para>
/// <para>
/// The completer of an operation must have claimed it (taken it out of the queue it was in, or won what decides a race for it), so it
/// happens once for each use.
/// </para>
/// </remarks>
internal abstract partial class Operation : WaitSource
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
            waiting.Dispatch(); // the use is over: the awaiter is refused as it asks for the result
    };

    // See Owner. Set by Begin.
    private Goroutine? _owner;

    // Written by the completer, after the result.
    private volatile Outcome _outcome;

    // The outcome of an operation that ended at once, and whose await gives the other goroutines a turn; Pending for all others.
    private Outcome _afterTurn;
    private bool _wasAsked;

    // Its goroutine keeps it: it is in the list that begins with Goroutine.KeptOperations, whether it is in use or not. With the run right
    // only.
    private bool _isKept;
    private bool _isFree;

    // The use has ended before the mail came. The mail gives the operation back when it comes.
    private bool _isLeftToMail;
    private Operation? _nextKept;

    private WaitReason _reason;

    private AwaitPlace _awaitPlace;

    /// <summary>The goroutine that started it; null for a thread that runs none.</summary>
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

    /// <summary>Notes that code which is no goroutine may end the wait. Before it is awaited.</summary>
    private protected void NoteOutside() => _reason |= WaitReason.OrOutside;

    /// <summary>Tells the waiter. Called once, by the completer, which has claimed the operation, without locks.</summary>
    /// <param name="outcome">How it ended.</param>
    /// <param name="machine">The calling machine, or null.</param>
    internal void Complete(Outcome outcome, Machine? machine)
    {
        Goroutine? owner = _owner;
        _outcome = outcome;
        FaultPoints.Hit("operation.ended");
        if (owner is not null)
            owner.PostWait(this, machine);
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
}
