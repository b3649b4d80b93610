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
    // See WaitContext. Set before BeginWait.
    private object? _place;

    /// <summary>The goroutine that awaits it; null if it is awaited elsewhere, or not yet.</summary>
    private protected Goroutine? AwaitingGoroutine => _place as Goroutine;

    /// <summary>Whether it is awaited by a goroutine that never runs again.</summary>
    internal bool IsLeftBehind => _place is Goroutine { Engine.IsStopped: true };

    /// <summary>The outcome so far.</summary>
    private protected abstract Outcome OutcomeSoFar { get; }

    private protected bool IsAwaited => Action is not null;

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
        if ((flags & ValueTaskSourceOnCompletedFlags.FlowExecutionContext) != 0)
            FlowedContinuation.Replace(ref continuation, ref state);
        bool comesBack = (flags & ValueTaskSourceOnCompletedFlags.UseSchedulingContext) != 0;
        Await(continuation, state, comesBack ? WaitContext.Capture() : null, token);
    }

    private protected ValueTaskSourceStatus Status(short token)
    {
        CheckVersion(token);
        return StatusOf(OutcomeSoFar, IsAwaited);
    }

    /// <summary>
    /// Called when it is awaited: <see cref="WorkItem.Action"/> is set. Off goroutines the wait may end, and be used again, before this
    /// returns; a goroutine goes on only after its machine is done with the current item.
    /// </summary>
    /// <param name="isByCaller">Whether it is the calling goroutine that awaits, and whose reason is to be noted.</param>
    private protected abstract void BeginWait(bool isByCaller);

    /// <summary>Has what awaits it go on, at its place; never on the calling thread's stack.</summary>
    private protected void Post()
    {
        if (_place is Goroutine goroutine)
            goroutine.PostItem(this);
        else if (_place is null)
            CleanThread.QueueToPool(this);
        else
            WaitContext.Post(_place, (Action<object?>)Action!, State);
    }

    /// <summary>The outcome, for the awaiter that asks for it; the use of the wait ends with that.</summary>
    /// <exception cref="InvalidOperationException">It was asked for before, or it is too early.</exception>
    private protected Outcome TakeOutcome(short token)
    {
        CheckVersion(token);
        Outcome outcome = OutcomeSoFar;
        return outcome != Outcome.Pending ? outcome : throw Misuse.NoResultYet();
    }

    /// <summary>Makes the wait fit for another use.</summary>
    private protected void Forget()
    {
        EndVersion();
        Action = null;
        State = null;
        _place = null;
    }

    void IThreadPoolWorkItem.Execute() => ((Action<object?>)Action!)(State);

    /// <param name="continuation">What to run: an action, a frame, or an action that is given <paramref name="state"/>.</param>
    /// <param name="state">Tells, besides, whether it is its goroutine's body that waits.</param>
    /// <param name="place">Where to run it.</param>
    /// <param name="token">The use of the wait that is awaited.</param>
    private void Await(object continuation, object? state, object? place, short token)
    {
        CheckUnawaited(token);
        _place = place;
        State = state;
        Action = continuation;
        BeginWait(place is Goroutine goroutine && goroutine == Machine.CurrentGoroutine);
    }
}
