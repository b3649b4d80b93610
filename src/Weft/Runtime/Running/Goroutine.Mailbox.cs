using Weft.Runtime.Host;
using Weft.Runtime.Running;

namespace Weft;

/// <content>
/// The mailbox, and which thread may run the goroutine.
/// <para>
/// <b>Phases.</b> <c>Parked</c>: nothing to run, no machine runs it, in no queue. <c>Ready</c>: in exactly one run queue, or in the hands
/// of the thread that is about to put it there or has just taken it out. <c>Running</c>: one machine has the run right, and only that
/// machine's thread touches the slot. <c>Held</c>: see Goroutine.Search.cs.
/// </para>
/// <para>
/// <b>Moves.</b> Parked to Ready: by compare-and-swap, by the sender that brings something to run; the winner then owns the slot until it
/// has put the goroutine into a queue. Ready to Running: by the machine that took it out of a queue. Running to Ready: by the machine that
/// has the run right and still finds something in the mailbox. Running to Parked: by the same, when it finds the slot empty.
/// </para>
/// <para>
/// <b>Mailbox.</b> The slot holds one continuation, or the rest of a chain of work items. Everything that arrives while the goroutine is
/// not Parked goes to the inbox, a stack that any thread pushes to and only the run right's holder takes from (whole, turning it into a
/// chain in order of arrival).
/// </para>
/// <para>
/// <b>No wake-up is lost.</b>
/// Publisher: the sender pushes to the inbox, then reads the phase.
/// Looker: the runner stores Parked, then reads the inbox.
/// Fences: the sender's compare-and-swap; a full fence of the runner, which may be the compare-and-swap by which it takes the next
/// goroutine out of its ring (Engine.FindNext). The runner reads the inbox before it runs that next goroutine: no other thread may come for
/// what was sent in between.
/// Therefore: one of the two sees the other's store. If both do, the compare-and-swap from Parked to Ready lets exactly one of them put the
/// goroutine into a queue.
/// Model: tests/models/release.pml.
/// </para>
/// </content>
public abstract partial class Goroutine
{
    internal const int PhaseParked = 0;
    internal const int PhaseReady = 1;
    internal const int PhaseRunning = 2;

    private static readonly object s_begin = new();

    /// <summary>Link of the run queue the goroutine is in; owned by that queue.</summary>
    internal Goroutine? QueueNext;

    private int _phase;

    // Null, s_begin, BodyFrame, Action, Action<object?>, SendOrPostCallback (the latter two with _slotState), or a chain of WorkItem.
    private object? _slot;
    private object? _slotState;
    private WorkItem? _inbox;

    internal bool IsRunning => Volatile.Read(ref _phase) == PhaseRunning;

    /// <summary>The machine the goroutine must be given to before anything else, if it waits for one to come back.</summary>
    internal ReturnItem? PendingReturn => _slot as ReturnItem;

    /// <summary>
    /// Whether it has a machine of its own: one that it is locked to, that waits for it to come back, or that waits in a call of its with
    /// frames of it on the stack. For callers that have it in their hands, or hold the lock of the queue it is in. As long as it is in a
    /// queue, it has that machine.
    /// </summary>
    internal bool IsBound => _slot is ReturnItem || LockedTo is { IsGone: false } || _extra?.Hosts is not null;

    /// <summary>Whether that machine can be given it now. With the engine's lock.</summary>
    internal bool CanBeGiven => _slot is ReturnItem || LockedTo is { IsGone: false } || _extra?.FindHost() is not null;

    /// <summary>Brings a continuation to run. Any thread.</summary>
    internal void Resume(object action, object? state)
    {
        if (Home.IsStopped)
        {
            Home.Refuse(this);
            return;
        }

        if (_phase == PhaseParked && Interlocked.CompareExchange(ref _phase, PhaseReady, PhaseParked) == PhaseParked)
        {
            _slot = action;
            _slotState = state;
            Home.Enqueue(this);
            return;
        }

        PushInbox(new WorkItem(action, state));
    }

    /// <summary>The same without an allocation; the item must not be in use.</summary>
    internal void Resume(WorkItem item)
    {
        if (Home.IsStopped && item is not ReturnItem)
        {
            Home.Refuse(this);
            item.OnNeverRun();
            return;
        }

        PushInbox(item);
    }

    /// <summary>
    /// Puts a wait that has ended into the mailbox of the goroutine that goes on after it. A parked goroutine gets what goes on instead of
    /// the wait, which is free at once, but is not told if the goroutine never runs again. Any thread.
    /// </summary>
    /// <param name="operation">The wait.</param>
    /// <param name="runner">The calling machine, or null.</param>
    internal void Deliver(WorkItem operation, Runner? runner)
    {
        if (Home.IsStopped)
        {
            Home.Refuse(this);
            operation.OnNeverRun();
            return;
        }

        if (_phase != PhaseParked || Interlocked.CompareExchange(ref _phase, PhaseReady, PhaseParked) != PhaseParked)
        {
            PushInbox(operation);
            return;
        }

        // No machine runs the goroutine and no other thread can queue it now: what belongs to the run right is ours, as if the mail had
        // been taken.
        operation.WasTaken = true;
        if (operation.Action is null)
            operation.OnMailForNobody();
        _slot = operation.Action ?? s_nothing;
        if (operation.State is object state)
            _slotState = state;
        Home.Enqueue(this, runner);
    }

    private void PushInbox(WorkItem item)
    {
        WorkItem? head;
        do
        {
            head = Volatile.Read(ref _inbox);
            item.Next = head;
        }
        while (Interlocked.CompareExchange(ref _inbox, item, head) != head);
        FaultPoints.Hit("inbox.pushed");
        if (_phase == PhaseParked && Interlocked.CompareExchange(ref _phase, PhaseReady, PhaseParked) == PhaseParked)
        {
            Home.Enqueue(this);
            if (Home.IsStopped)
                AbandonInbox();
            return;
        }

        // A locked goroutine that waits runs what arrives inside its wait.
        _extra?.MailSignal?.Signal();

        // It stopped after the look at it: the thread that abandoned the goroutine may have emptied the inbox before.
        if (Home.IsStopped)
            AbandonInbox();
    }

    /// <summary>
    /// Called by the thread that abandons the goroutine, of which nothing runs any more: tells the senders of its mail that nothing of it
    /// is run.
    /// </summary>
    private void AbandonMail()
    {
        WorkItem? chain = _slot as WorkItem;
        if (chain is not null)
            _slot = null;
        Abandon(chain);
        AbandonInbox();
    }

    /// <summary>Any thread, once the engine has stopped.</summary>
    private void AbandonInbox()
    {
        if (_inbox is not null)
            Abandon(Interlocked.Exchange(ref _inbox, null));
    }

    private static void Abandon(WorkItem? chain)
    {
        while (chain is not null)
        {
            WorkItem? next = chain.Next;
            chain.Next = null;
            chain.OnNeverRun();
            chain = next;
        }
    }
}
