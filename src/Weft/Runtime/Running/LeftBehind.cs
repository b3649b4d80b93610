namespace Weft.Runtime.Running;

/// <summary>
/// What goroutines leave at channels, selects and locks when their scheduler is disposed before they have ended: they never run again, so
/// nothing may be given to them.
/// </summary>
/// <remarks>
/// <para>
/// A goroutine that is abandoned takes out what it can find: the operations that it keeps (<see cref="WorkItem.LeaveAll"/>), and what is in
/// its mailbox (<see cref="WorkItem.OnNeverRun"/>). What it does not find is known by its owner's scheduler: a sender that comes across it
/// in a queue drops it. To ask for that would cost each wake-up three loads; so it is asked only once a scheduler of the process was
/// disposed.
/// </para>
/// <para>
/// <b>Nothing that was sent is lost.</b>
/// Publisher: the sender takes an operation out of a queue, stores the outcome, then asks whether the scheduler has stopped; if not, it
/// gives the mail.
/// Looker: the abandoner marks the scheduler stopped, then looks at the operations.
/// Fences: the channel's lock, which both take; the engine's, under which the mark is made.
/// Therefore: an operation that is queued when the abandoner looks is taken out. One that has its outcome then gives back what it received.
/// If its outcome is yet to come, the sender finds the scheduler stopped, and gives it back. Should both see all, an exchange of
/// <see cref="WorkItem.Action"/> decides.
/// </para>
/// </remarks>
internal static class LeftBehind
{
    /// <summary>Whether there may be something.</summary>
    internal static bool Exists => GoroutineHome.AnyStopped;
}
