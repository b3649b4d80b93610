using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using Weft.Runtime.Core;
using Weft.Runtime.Host;
using Weft.Runtime.Running;

namespace Weft.Waiting;

/// <summary>
/// A wait that notes where it is awaited, and goes on there: on a goroutine, in another <see cref="SynchronizationContext"/> or
/// <see cref="TaskScheduler"/>, or on the pool. Locks, groups and sleeps are waits of this kind.
/// </summary>
internal abstract class PlacedWait : WaitSource, IThreadPoolWorkItem
{
    // Where it goes on; see WaitContext. Until it is awaited: where it began, if its kind wants to know.
    private object? _place;

    // How far the wait has come, in the numbers of its kind; zero is the first.
    private protected int _phase;

    /// <summary>The goroutine that awaits it; null if it is awaited elsewhere, or not yet.</summary>
    private protected Goroutine? AwaitingGoroutine => _place as Goroutine;

    /// <summary>Whether it is awaited by a goroutine that never runs again.</summary>
    internal bool IsLeftBehind => _place is Goroutine { Engine.IsStopped: true };

    /// <summary>The outcome so far.</summary>
    private protected abstract Outcome OutcomeSoFar { get; }

    private protected bool IsAwaited => Action is not null;

    // Posted, and still in a mailbox or in the pool's queue, so it must not be used again. WasTaken is true once it is out of there.
    private bool IsOnItsWay => IsAwaited && !WasTaken;

    /// <summary>For an awaiter, before the wait begins, where the exception can still be caught.</summary>
    /// <exception cref="InvalidOperationException">It is awaited, or was.</exception>
    internal void CheckUnawaited(short token)
    {
        CheckVersion(token);
        if (IsAwaited)
            throw Misuse.AwaitedTwice();
    }

    /// <summary>For an awaiter of Weft: <paramref name="continuation"/> runs where the await began.</summary>
    internal void Await(Action continuation, short token)
    {
        object? place = WaitContext.Capture();
        if (place is Goroutine)
            Await(continuation, continuation, place, token);
        else
            Await(Invoke, continuation, place, token);
    }

    /// <summary>The same for a body. What is awaited twice ends the body.</summary>
    internal void Suspend(BodyFrame frame, short token)
    {
        object? place = WaitContext.Capture();
        try
        {
            if (place is Goroutine)
                Await(frame, frame, place, token);
            else
                Await(Invoke, frame.Continuation, place, token);
        }
        catch (InvalidOperationException e)
        {
            frame.EndUnresumed(e);
        }
    }

    /// <summary>The same through a <see cref="ValueTask"/>.</summary>
    private protected void Await(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        object? place = PlaceFor(flags, ref continuation, ref state);
        Await(continuation, state, place, token);
    }

    private protected ValueTaskSourceStatus Status(short token)
    {
        CheckVersion(token);
        return StatusOf(OutcomeSoFar, IsAwaited);
    }

    /// <summary>Notes where the wait begins, for <see cref="BeginWait"/>; before it is awaited.</summary>
    private protected void BeginAt(object origin) => _place = origin;

    /// <summary>
    /// Called when it is awaited: <see cref="WorkItem.Action"/> is set. Off goroutines the wait may end, and be used again, before this
    /// returns; a goroutine goes on only after its machine is done with the current item.
    /// </summary>
    /// <param name="origin">What <see cref="BeginAt"/> has noted.</param>
    /// <param name="isByCaller">Whether it is the calling goroutine that awaits, and whose reason is to be noted.</param>
    private protected abstract void BeginWait(object? origin, bool isByCaller);

    /// <summary>
    /// Has what awaits it go on, at its place; never on the calling thread's stack. If that is a goroutine that never runs again, nobody is
    /// told.
    /// </summary>
    private protected void Post()
    {
        WasTaken = false;
        if (_place is Goroutine goroutine)
            goroutine.PostWait(this, Machine.Calling);
        else
            PostOutside();
    }

    /// <summary>
    /// The same for a wait that has something to give back: it stays in the goroutine's mailbox itself until it is run, and is told
    /// (<see cref="WorkItem.OnNeverRun"/>) if it never is.
    /// </summary>
    private protected void PostAsMail()
    {
        WasTaken = false;
        if (_place is Goroutine goroutine)
            goroutine.PostItem(this);
        else
            PostOutside();
    }

    /// <summary>Instead of a wait: what awaits it goes on behind the other goroutines. For a wait of the calling goroutine.</summary>
    private protected void YieldPlace()
    {
        WasTaken = true;
        Unsafe.As<Goroutine>(_place!).YieldWith(Action!, State);
    }

    /// <summary>The outcome, for the awaiter that asks for it; the use of the wait ends with that.</summary>
    /// <param name="outcome">The outcome so far.</param>
    /// <param name="token">The use of the wait.</param>
    /// <exception cref="InvalidOperationException">
    /// It was asked for before, it is too early, or the wait is awaited by other code, which has not gone on yet.
    /// </exception>
    private protected Outcome TakeOutcome(Outcome outcome, short token)
    {
        CheckVersion(token);
        if (outcome == Outcome.Pending)
            throw Misuse.NoResultYet();
        return IsOnItsWay ? throw Misuse.AwaitedTwice() : outcome;
    }

    /// <summary>Makes the wait fit for another use.</summary>
    private protected void Forget()
    {
        EndVersion();
        Action = null;
        State = null;
        _place = null;
    }

    void IThreadPoolWorkItem.Execute()
    {
        WasTaken = true;
        ((Action<object?>)Action!)(State);
    }

    private void PostOutside()
    {
        if (_place is null)
        {
            CleanThread.QueueToPool(this);
            return;
        }

        WasTaken = true; // what is posted is the continuation, not the wait
        WaitContext.Post(_place, (Action<object?>)Action!, State);
    }

    /// <param name="continuation">What to run: an action, a frame, or an action that is given <paramref name="state"/>.</param>
    /// <param name="state">Tells, besides, whether it is its goroutine's body that waits.</param>
    /// <param name="place">Where to run it.</param>
    /// <param name="token">The use of the wait that is awaited.</param>
    private void Await(object continuation, object? state, object? place, short token)
    {
        CheckUnawaited(token);
        object? origin = _place;
        _place = place;
        State = state;
        WasTaken = false;
        Action = continuation;
        BeginWait(origin, isByCaller: place is not null && place == Machine.CurrentGoroutine);
    }
}
