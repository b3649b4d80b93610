using Weft.Runtime.Host;

namespace Weft.Runtime.Running;

/// <summary>
/// What goroutines leave at channels, selects and locks when their scheduler is disposed before they have ended: they never run again, so
/// nothing may be given to them.
/// </summary>
/// <remarks>
/// <para>
/// A goroutine that is abandoned takes out what it can find: the operations that it keeps (<see cref="WorkItem.WithdrawAll"/>), and what
/// is in its mailbox (<see cref="WorkItem.OnNeverRun"/>). What it does not find is known by its owner's scheduler: a sender that comes
/// across it in a queue drops it. To ask for that would cost each wake-up three loads; so it is asked only once a scheduler of the process
/// was disposed.
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
/// <para>
/// <b>Nothing that is left behind holds up others.</b> In a line that serves strictly in turn, a waiter that never runs again would.
/// Publisher: the disposer marks the scheduler stopped, then asks each line that is noted here to drop such waiters.
/// Looker: the waiter notes its line here, then asks under the line's gate whether its scheduler has stopped, and enters if not.
/// Fences: the lock of the list of lines, and the gate, which both take.
/// Therefore: if the disposer finds the line, it drops the waiter, or comes to the gate first. If it does not find the line, its mark was
/// there before the line was noted, so the waiter sees the mark and does not enter.
/// </para>
/// </remarks>
internal static class LeftBehind
{
    private static readonly WeakList<IOrderedLine> s_lines = new(static _ => false);

    /// <summary>Whether there may be something.</summary>
    internal static bool Exists => GoroutineHome.AnyStopped;

    /// <summary>Notes a line, once, before the first waiter enters it.</summary>
    internal static void Note(IOrderedLine line) => s_lines.Add(line);

    /// <summary>By the disposer of a scheduler, once that is marked stopped.</summary>
    internal static void DropFromLines()
    {
        FaultPoints.Hit("line.dropping");
        foreach (IOrderedLine line in s_lines.Snapshot())
            line.DropLeftBehind();
    }
}
