using Weft.Runtime.Running;
using Weft.Waiting;

namespace Weft.Sync;

/// <summary>
/// Where a <see cref="LineWaiter"/> stands in line: a lock, or whatever else gives something to one waiter after another. A line either
/// gives a waiter what it waits for and then wakes it (<see cref="LineWaiter.Grant"/>), or wakes it to try for itself
/// (<see cref="LineWaiter.Wake"/>).
/// </summary>
internal interface IWaitLine
{
    /// <summary>What a goroutine waits for that has come into the line.</summary>
    WaitReason ReasonFor(LineWaiter waiter);

    /// <summary>
    /// Notes that code outside goroutines will have what is waited for. Called before that waiter enters the line: a goroutine that finds
    /// it taken then sees the note.
    /// </summary>
    void NoteOutside();

    /// <summary>Puts a waiter into the line for the first time, unless it need not wait or its token is cancelled.</summary>
    /// <returns>Pending when the waiter is in the line. Off goroutines it may be in use again by then.</returns>
    Outcome TryEnter(LineWaiter waiter);

    /// <summary>For a waiter that was woken: Done when it has what it waits for, Pending when it is in the line again.</summary>
    Outcome OnWoken(LineWaiter waiter);

    /// <summary>Takes a waiter that gives up out of the line; false if it is not there: then it is being woken.</summary>
    bool TryRemove(LineWaiter waiter);

    /// <summary>The waiter was woken, and its goroutine never runs again: gives on what it had (Done), or the wake-up (Pending).</summary>
    void PassOn(LineWaiter waiter, Outcome outcome);

    /// <summary>Ends the use of a waiter that nobody refers to any more, and keeps it for the next.</summary>
    void Return(LineWaiter waiter);
}

/// <summary>A line that gives something which is to be given back.</summary>
/// <typeparam name="TReleaser">What gives it back.</typeparam>
internal interface IWaitLine<out TReleaser> : IWaitLine
{
    TReleaser ReleaserFor(LineWaiter waiter);
}
