using System.ComponentModel;
using System.Runtime.CompilerServices;
using Weft.Diagnostics;
using Weft.Runtime.Core;
using Weft.Runtime.Host;
using Weft.Runtime.Running;
using Weft.Waiting;

namespace Weft;

/// <content>
/// The mailbox, and who may run the goroutine.
/// <para>
/// <b>Phases.</b> <c>Parked</c>: nothing to run, nobody runs it, in no queue. <c>Ready</c>: in exactly one run queue, or in the hands of
/// the one that is about to put it there or has just taken it out. <c>Running</c>: one machine has the run right, and only that machine's
/// thread touches the slot.
/// </para>
/// <para>
/// <b>Moves.</b> Parked to Ready: by compare-and-swap, by whoever brings something to run; the winner then owns the slot until it has put
/// the goroutine into a queue. Ready to Running: by the machine that took it out of a queue. Running to Ready: by the machine that has the
/// run right and still finds something in the mailbox. Running to Parked: by the same, when it finds the slot empty.
/// </para>
/// <para>
/// <b>Mailbox.</b> The slot holds one continuation, or the rest of a chain of work items. Everything that arrives while the goroutine is
/// not Parked goes to the inbox, a stack that anybody pushes to and only the run right's holder takes from (whole, turning it into a chain
/// in order of arrival).
/// </para>
/// <para>
/// <b>No wake-up is lost.</b> A sender pushes to the inbox (compare-and-swap, a full fence) and then reads the phase; the runner stores
/// Parked, executes a full fence, and then reads the inbox. One of the two must see the other's store. If both do, the compare-and-swap
/// from Parked to Ready lets exactly one of them put the goroutine into a queue. The runner's fence may be the compare-and-swap by which it
/// takes the next goroutine out of its ring (Engine.FindNext). It runs that one only afterwards: what was sent in between may have nobody
/// else to see to it.
/// </para>
/// </content>
public abstract partial class Goroutine
{
    internal const int PhaseParked = 0;
    internal const int PhaseReady = 1;
    internal const int PhaseRunning = 2;

    /// <summary>
    /// Items of one goroutine run in a row before it goes to the tail of the queue. Small enough that a goroutine with a flooded mailbox
    /// does not starve its neighbours, large enough that a queue operation is cheap against it.
    /// </summary>
    private const int ItemBudget = 16;

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
    /// frames of it on the stack. For those who have it in their hands, or hold the lock of the queue it is in. As long as it is in a
    /// queue, it has that machine.
    /// </summary>
    internal bool IsBound => _slot is ReturnItem || LockedMachine is { IsGone: false } || _extra?.Hosts is not null;

    /// <summary>Whether that machine can be given it now. With the engine's lock.</summary>
    internal bool CanBeGiven => _slot is ReturnItem || LockedMachine is { IsGone: false } || _extra?.FindHost() is not null;

    /// <summary>Runs <paramref name="d"/> on this goroutine, after what was posted before. Never blocks, never drops.</summary>
    /// <inheritdoc/>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public sealed override void Post(SendOrPostCallback d, object? state)
    {
        ArgumentNullException.ThrowIfNull(d);
        Resume(d, state);
    }

    /// <summary>
    /// Runs <paramref name="d"/> on this goroutine and waits until it has run; at once when called by the goroutine itself.
    /// </summary>
    /// <inheritdoc/>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public sealed override void Send(SendOrPostCallback d, object? state)
    {
        ArgumentNullException.ThrowIfNull(d);
        if (ReferenceEquals(Machine.CurrentGoroutine, this))
        {
            d(state);
            return;
        }

        var done = new TaskCompletionSource(); // only a thread waits for it: to wake one takes no thread of the pool
        Resume(
            (Action<object?>)(static s =>
            {
                var (callback, argument, completion) = ((SendOrPostCallback, object?, TaskCompletionSource))s!;
                try
                {
                    callback(argument);
                    completion.SetResult();
                }
                catch (Exception e)
                {
                    completion.SetException(e);
                }
            }),
            (d, state, done));
        Task.WaitAny(done.Task, Engine.WhenStopped);
        Misuse.ThrowIfDisposed(!done.Task.IsCompleted, Engine.Owner, "SynchronizationContext.Send got no answer");
        done.Task.GetAwaiter().GetResult();
    }

    /// <summary>Brings a continuation to run. Any thread.</summary>
    internal void Resume(object action, object? state)
    {
        if (Engine.IsStopped)
        {
            Engine.Refuse(this);
            return;
        }

        if (_phase == PhaseParked && Interlocked.CompareExchange(ref _phase, PhaseReady, PhaseParked) == PhaseParked)
        {
            _slot = action;
            _slotState = state;
            Engine.Enqueue(this);
            return;
        }

        PushInbox(new WorkItem(action, state));
    }

    /// <summary>The same without an allocation; the item must not be in use.</summary>
    internal void Resume(WorkItem item)
    {
        if (Engine.IsStopped && item is not ReturnItem)
        {
            Engine.Refuse(this);
            item.OnNeverRun();
            return;
        }

        PushInbox(item);
    }

    /// <summary>Puts an operation that was completed into the mailbox of the goroutine that started it. Any thread.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="machine">The calling machine, or null.</param>
    internal void Deliver(Operation operation, Machine? machine)
    {
        if (Engine.IsStopped)
        {
            Engine.Refuse(this);
            operation.OnNeverRun();
            return;
        }

        if (_phase != PhaseParked || Interlocked.CompareExchange(ref _phase, PhaseReady, PhaseParked) != PhaseParked)
        {
            PushInbox(operation);
            return;
        }

        // Nobody runs the goroutine and nobody else can queue it now: what belongs to the run right is ours, as if the mail had been taken.
        operation.WasTaken = true;
        if (operation.Action is null)
            operation.OnMailForNobody();
        _slot = operation.Action ?? s_nothing;
        if (operation.State is object state)
            _slotState = state;
        Engine.Enqueue(this, machine);
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
            Engine.Enqueue(this);
            if (Engine.IsStopped)
                AbandonInbox();
            return;
        }

        // A locked goroutine that waits runs what arrives inside its wait.
        _extra?.LockedWait?.Signal();

        // It stopped after the look at it: whoever abandoned the goroutine may have emptied the inbox before.
        if (Engine.IsStopped)
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

    /// <summary>By anybody, once the engine has stopped.</summary>
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

    /// <summary>Ready to Running, by the machine that took the goroutine from a queue, or for the machine that it is handed to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void TakeRunRight() => Volatile.Write(ref _phase, PhaseRunning);

    /// <summary>Parked to Running, by a machine that comes back from a wait.</summary>
    internal bool TryTakeRunRight() =>
        Volatile.Read(ref _phase) == PhaseParked
        && Interlocked.CompareExchange(ref _phase, PhaseRunning, PhaseParked) == PhaseParked;

    /// <summary>
    /// Gives the run right up. True when the goroutine is Parked: then a full fence and <see cref="FinishPark"/> are to follow at once.
    /// False when it is Ready, as there is more to run: then the caller puts it into a queue. By the holder of the run right.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryPark()
    {
        NoteReleasing();
        bool parks = _slot is null;
        Volatile.Write(ref _phase, parks ? PhaseParked : PhaseReady);
        return parks;
    }

    /// <summary>
    /// By the one who has parked it, after a full fence: looks at what was sent to it while it did not seem to be Parked yet. True when
    /// that made it Ready, and the caller puts it into a queue; false when there is nothing, or somebody else sees to it.
    /// </summary>
    /// <param name="hasEnded">
    /// It had ended before it was parked: those who wait for that are told, which may queue others, so no lock may be held. (If it has
    /// ended since, it was run by somebody else, who tells them.)
    /// </param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool FinishPark(bool hasEnded)
    {
        FaultPoints.Hit("runright.released");
        bool ready = _inbox is not null && Interlocked.CompareExchange(ref _phase, PhaseReady, PhaseParked) == PhaseParked;
        if (hasEnded)
            SettleIfAwaited();
        return ready;
    }

    /// <summary>
    /// Gives the run right up, the fence and telling of the end included. True when the goroutine is Ready, and the caller puts it into a
    /// queue.
    /// </summary>
    internal bool Release()
    {
        bool hasEnded = HasEnded;
        bool parks = TryPark();
        Interlocked.MemoryBarrier();
        if (parks)
            return FinishPark(hasEnded);
        if (hasEnded)
            SettleIfAwaited();
        return true;
    }

    /// <summary>Takes out the return item that stands first in the mailbox. Only the holder of the run right may call it.</summary>
    internal void RemovePendingReturn()
    {
        var item = (ReturnItem)_slot!;
        _slot = item.Next;
        item.Next = null;
    }

    /// <summary>Puts an item before everything else. Only the holder of the run right may call it.</summary>
    internal void PushFront(WorkItem item)
    {
        item.Next = SlotAsChain();
        _slot = item;
        _slotState = null;
    }

    /// <summary>
    /// Takes out the return item of a machine that was given the run right before its turn; what stands before it stays. Only the holder of
    /// the run right, which is that machine, may call it.
    /// </summary>
    internal void RemoveReturn(ReturnItem item)
    {
        WorkItem? first = SlotAsChain();
        WorkItem? last = first;
        while (last?.Next is WorkItem next)
            last = next;
        WorkItem? arrived = TakeInboxAsChain(); // not empty: the machine has pushed its item
        if (last is null)
            first = arrived;
        else
            last.Next = arrived;

        WorkItem? before = null;
        WorkItem? found = first;
        while (found != item)
        {
            before = found;
            found = found!.Next;
        }

        if (before is null)
            first = item.Next;
        else
            before.Next = item.Next;
        item.Next = null;
        _slot = first;
        _slotState = null;
    }

    private WorkItem? SlotAsChain() => _slot switch
    {
        null => null,
        WorkItem chain => chain,
        object action => new WorkItem(action, _slotState),
    };

    /// <summary>
    /// Queues a continuation of the running goroutine behind the other goroutines. Only the holder of the run right may call it.
    /// </summary>
    internal void YieldWith(object action, object? state)
    {
        if (_slot is null && Volatile.Read(ref _inbox) is null)
        {
            _slot = action;
            _slotState = state;
        }
        else
        {
            YieldBehindMail(action, state);
        }
    }

    // What has come before goes first: a flow of the goroutine that yields over and over, waiting for another one, would keep that from
    // running.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void YieldBehindMail(object action, object? state)
    {
        if (_slot is not null || !TakeInbox())
        {
            PushInbox(new WorkItem(action, state));
            return;
        }

        var last = (WorkItem)_slot!;
        while (last.Next is WorkItem next)
            last = next;
        last.Next = new WorkItem(action, state);
    }

    /// <summary>
    /// Runs what is in the mailbox, at most <see cref="ItemBudget"/> items and at least one. The caller's machine has the run right.
    /// Afterwards the run right is to be given up: see <see cref="TryPark"/>.
    /// </summary>
    internal void RunMailbox(Machine machine)
    {
        for (int budget = ItemBudget; budget > 0; budget--)
        {
            if (_slot is null && !TakeInbox())
                return;

            // The item before may have left another context behind; the first finds the one that the machine has set.
            if (budget != ItemBudget)
                SetSynchronizationContext(this);
            object action = _slot!;
            object? state = _slotState;
            _slot = null;
            _slotState = null;

            // The tests for the common kinds are comparisons, the one for a work item is a walk through the base classes.
            if (!ReferenceEquals(action, s_begin) && !IsFrame(action)
                && action is not (Action<object?> or System.Action) && action is WorkItem item)
            {
                if (item is ReturnItem)
                {
                    _slot = item;
                    return;
                }

                _slot = item.Next;
                item.Next = null;
                item.WasTaken = true;
                if (item.Action is null)
                {
                    (item as Operation)?.OnMailForNobody(); // completed before it was awaited
                    continue;
                }

                action = item.Action;
                state = item.State;
            }

            object? before = _slot;
            AssertRunner(machine);
            RunItem(machine, action, state);
            AssertRunner(machine);
            if (_slot is not null && !ReferenceEquals(_slot, before))
                return; // it yielded
            if (LockedMachine is Machine locked && locked != machine)
                return; // it asked for another thread
        }
    }

    /// <summary>Moves everything from the inbox into the slot, oldest first.</summary>
    private bool TakeInbox()
    {
        if (_inbox is null)
            return false;
        _slot = TakeInboxAsChain();
        return true;
    }

    private WorkItem? TakeInboxAsChain()
    {
        WorkItem? item = Interlocked.Exchange(ref _inbox, null);
        WorkItem? chain = null;
        while (item is not null)
        {
            WorkItem? next = item.Next;
            item.Next = chain;
            chain = item;
            item = next;
        }

        return chain;
    }

    private void RunItem(Machine machine, object action, object? state)
    {
        try
        {
            if (IsFrame(action))
                Unsafe.As<BodyFrame>(action).Resume();
            else if (ReferenceEquals(action, s_begin))
                Begin(machine, (ExecutionContext?)state);
            else if (action is Action continuation)
                continuation();
            else if (action is Action<object?> resume)
                resume(state);
            else
                RunRareItem(action, state);
        }
        catch (Exception e)
        {
            OnItemFailed(e);
        }

        bool otherFlow = (_flags & FlagParkedOnWeft) != 0 && !ResumesBody(action, state);

        // AsyncLocal values that the item set must not be seen by the next goroutine on this thread.
        if (ExecutionContext.Capture() != Machine.DefaultContext)
            ExecutionContext.Restore(Machine.DefaultContext!);
        AfterItem(machine, otherFlow);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void RunRareItem(object action, object? state)
    {
        if (action is SendOrPostCallback posted)
            posted(state);
        else if (action is BodyFrame frame)
            frame.Resume(); // of another goroutine's body, which went on here when it was resumed and has waited here
        else
            throw new InvalidOperationException($"The mailbox of a goroutine held a {action.GetType()}.");
    }
}
