using System.Runtime.CompilerServices;
using Weft.Runtime.Host;

namespace Weft.Runtime.Running;

/// <summary>
/// What is to be run for its owner, a goroutine, and whether a machine has the right to run it. It calls nobody: each move tells the caller
/// what is to be done, mostly whether the owner is to be put into a queue.
/// </summary>
/// <remarks>
/// <para>
/// A structure, so that its owner costs no second object and no move a call through a pointer. It is used where it stands, and never
/// copied.
/// </para>
/// <para>
/// <b>Phases.</b> <c>Parked</c>: nothing to run, no machine runs the owner, which is in no queue. <c>Ready</c>: the owner is in exactly one
/// run queue, or in the hands of the thread that is about to put it there or has just taken it out. <c>Running</c>: one machine has the run
/// right, and only that machine's thread touches the slot. <c>Held</c>: a search for goroutines that nothing can wake has the run right,
/// and touches neither slot nor inbox.
/// </para>
/// <para>
/// <b>Moves.</b> Parked to Ready: by compare-and-swap, by the sender that brings something to run; the winner then owns the slot until it
/// has put the owner into a queue. Ready to Running: by the machine that took the owner out of a queue, or for the machine that is handed
/// it. Parked to Running: by compare-and-swap, by a machine that comes back from a wait. Running to Ready: by the machine that has the run
/// right and still finds something in the slot. Running to Parked: by the same, when it finds the slot empty. Parked to Held: by
/// compare-and-swap, by the searcher. Held to Parked: by the searcher.
/// </para>
/// <para>
/// <b>Slot and inbox.</b> The slot holds one continuation, or the rest of a chain of work items. Everything that arrives while the phase is
/// not Parked goes to the inbox, a stack that any thread pushes to and only the run right's holder takes from (whole, turning it into a
/// chain in order of arrival).
/// </para>
/// <para>
/// <b>No wake-up is lost.</b>
/// Publisher: the sender pushes to the inbox, then reads the phase.
/// Looker: the runner, or the searcher, stores Parked, then reads the inbox.
/// Fences: the sender's compare-and-swap; a full fence of the looker between its two steps. The runner's may be the compare-and-swap by
/// which it takes the next goroutine out of its ring (Engine.FindNext). The runner reads the inbox before it runs that next goroutine: no
/// other thread may come for what was sent in between.
/// Therefore: one of the two sees the other's store. If both do, the compare-and-swap from Parked to Ready lets exactly one of them put the
/// owner into a queue.
/// Model: tests/models/release.pml.
/// </para>
/// </remarks>
internal struct Mailbox
{
    internal const int Parked = 0;
    internal const int Ready = 1;
    internal const int Running = 2;
    internal const int Held = 3;

    /// <summary>A continuation that does nothing.</summary>
    internal static readonly Action<object?> Nothing = static _ => { };

    private int _phase;

    /// <summary>
    /// A note of the owner's, which means nothing here. It fills what alignment leaves free: goroutines are many, and would be eight bytes
    /// larger with the note beside the mailbox.
    /// </summary>
    internal int OwnersNote;

    // Null, a continuation (with _slotState, if it takes an argument), or a chain of WorkItem.
    private object? _slot;
    private object? _slotState;
    private WorkItem? _inbox;

    /// <summary>Makes a new one Ready, with something to run: its owner is in the maker's hands.</summary>
    /// <remarks>No constructor: that would clear, in a new owner, what is clear already.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Open(object first, object? state)
    {
        _slot = first;
        if (state is not null)
            _slotState = state;
        _phase = Ready;
    }

    /// <summary>The phase, which other threads may be changing.</summary>
    internal int Phase => Volatile.Read(ref _phase);

    /// <summary>The machine that the owner must be handed to before anything else, if it waits for one to come back.</summary>
    internal readonly ComebackItem? PendingComeback => _slot as ComebackItem;

    /// <summary>What is to be run next; null if there is nothing but what has arrived. With the run right.</summary>
    internal readonly object? Next => _slot;

    /// <summary>Whether something waits to be run. With the run right.</summary>
    internal bool HasMail => _slot is not null || HasArrivals;

    /// <summary>Whether something has arrived and was not taken.</summary>
    internal bool HasArrivals => Volatile.Read(ref _inbox) is not null;

    /// <summary>
    /// Brings a continuation, if the phase is Parked. True: it is Ready now, and the caller puts the owner into a queue. False: nothing was
    /// brought; <see cref="Post"/> does that. Any thread.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryPost(object action, object? state)
    {
        if (!TryMakeReady())
            return false;
        _slot = action;
        _slotState = state;
        return true;
    }

    /// <summary>The same for a wait that has ended: brings what goes on after it, and not the wait, which is free at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryPost(WorkItem wait)
    {
        if (!TryMakeReady())
            return false;

        // No machine runs the owner and no other thread can queue it now: what belongs to the run right is ours, as if the mail had been
        // taken.
        wait.WasTaken = true;
        if (wait.Action is null)
            wait.OnMailForNobody();
        _slot = wait.Action ?? Nothing;
        if (wait.State is object state)
            _slotState = state;
        return true;
    }

    /// <summary>
    /// The same for an item, which must not be in use: it is told if it is never run (<see cref="WorkItem.OnNeverRun"/>).
    /// </summary>
    internal bool TryPostItem(WorkItem item)
    {
        if (!TryMakeReady())
            return false;
        item.Next = null;
        _slot = item;
        _slotState = null;
        return true;
    }

    /// <summary>
    /// Brings an item, which must not be in use, whatever the phase. True: it is Ready now, and the caller puts the owner into a queue.
    /// False: a machine runs the owner or will, and finds the item. Any thread.
    /// </summary>
    internal bool Post(WorkItem item)
    {
        WorkItem? head;
        do
        {
            head = Volatile.Read(ref _inbox);
            item.Next = head;
        }
        while (Interlocked.CompareExchange(ref _inbox, item, head) != head);
        FaultPoints.Hit("inbox.pushed");
        return TryMakeReady();
    }

    /// <summary>Ready to Running, by the machine that took the owner from a queue, or for the machine that it is handed to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void MarkRunning() => Volatile.Write(ref _phase, Running);

    /// <summary>Parked to Running, by a machine that comes back from a wait: it has the run right if this is true.</summary>
    internal bool TryClaim() => TryMove(Running);

    /// <summary>Parked to Held, by the searcher: it has the run right until <see cref="LetGo"/> if this is true.</summary>
    internal bool TryHold() => TryMove(Held);

    /// <summary>
    /// Gives up what <see cref="TryHold"/> gave. True: something came meanwhile, it is Ready, and the caller puts the owner into a queue.
    /// </summary>
    internal bool LetGo()
    {
        Volatile.Write(ref _phase, Parked);
        Interlocked.MemoryBarrier();
        return FinishPark();
    }

    /// <summary>
    /// Gives the run right up, first half. True: it is Parked, and a full fence and <see cref="FinishPark"/> are to follow at once. False:
    /// there is more to run, so it is Ready, and the caller puts the owner into a queue. By the holder of the run right.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryPark()
    {
        if (_slot is not null)
        {
            Volatile.Write(ref _phase, Ready);
            return false;
        }

        Volatile.Write(ref _phase, Parked);
        return true;
    }

    /// <summary>
    /// Second half, after <see cref="TryPark"/> and a full fence: looks at the inbox once more. True: there is something and nobody else
    /// has seen it, so it is Ready, and the caller puts the owner into a queue. False: there is nothing, or a sender does that.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool FinishPark()
    {
        FaultPoints.Hit("runright.released");
        return _inbox is not null && Interlocked.CompareExchange(ref _phase, Ready, Parked) == Parked;
    }

    /// <summary>
    /// Takes out a continuation with its argument, or a chain of items, of which <see cref="TryTakeFirst"/> then takes the first. False if
    /// there is nothing. With the run right.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryTake(out object? taken, out object? state)
    {
        if (_slot is null && !TakeArrivals())
        {
            taken = null;
            state = null;
            return false;
        }

        taken = _slot;
        state = _slotState;
        _slot = null;
        _slotState = null;
        return true;
    }

    /// <summary>
    /// Leaves all but the first item of a chain that was taken. False, and all of it is left, if the first stands for a machine that comes
    /// back: then nothing is to be run before that. With the run right.
    /// </summary>
    internal bool TryTakeFirst(WorkItem chain)
    {
        if (chain is ComebackItem)
        {
            _slot = chain;
            return false;
        }

        _slot = chain.Next;
        chain.Next = null;
        chain.WasTaken = true;
        return true;
    }

    /// <summary>
    /// Puts a continuation behind what is there, for the running owner that is about to go to the tail of a queue. False if it has done so
    /// before in this turn: then <see cref="Post"/> is the way. With the run right.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryYield(object action, object? state)
    {
        if (HasMail)
            return TryYieldBehindMail(action, state);
        _slot = action;
        _slotState = state;
        return true;
    }

    /// <summary>Takes out the comeback item that stands first. With the run right.</summary>
    internal void RemovePendingComeback()
    {
        var item = (ComebackItem)_slot!;
        _slot = item.Next;
        item.Next = null;
    }

    /// <summary>Puts an item before everything else. With the run right.</summary>
    internal void PushFront(WorkItem item)
    {
        item.Next = SlotAsChain();
        _slot = item;
        _slotState = null;
    }

    /// <summary>
    /// Takes out the comeback item of a machine that was handed the run right before its turn; what stands before it stays. By that
    /// machine.
    /// </summary>
    internal void RemoveComeback(ComebackItem item)
    {
        WorkItem? arrived = TakeArrivalsAsChain(); // not empty: the machine has pushed its item
        _slot = MailChain.Remove(MailChain.Append(SlotAsChain(), arrived)!, item);
        _slotState = null;
    }

    /// <summary>
    /// Tells the senders of all items that nothing of it is run. By the thread that abandons the owner, of which nothing runs any more.
    /// </summary>
    internal void Abandon()
    {
        WorkItem? chain = _slot as WorkItem;
        if (chain is not null)
            _slot = null;
        MailChain.Abandon(chain);
        AbandonArrivals();
    }

    /// <summary>The same for what has arrived only. Any thread, once nothing can run the owner any more.</summary>
    internal void AbandonArrivals()
    {
        if (_inbox is not null)
            MailChain.Abandon(Interlocked.Exchange(ref _inbox, null));
    }

    // The phase is read first: most senders of a flood find it other than Parked, and need not own the cache line for that.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryMakeReady() => _phase == Parked && Interlocked.CompareExchange(ref _phase, Ready, Parked) == Parked;

    private bool TryMove(int phase) =>
        Volatile.Read(ref _phase) == Parked && Interlocked.CompareExchange(ref _phase, phase, Parked) == Parked;

    // What has come before goes first: a flow of the owner that yields over and over, waiting for another one, would keep that from
    // running.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryYieldBehindMail(object action, object? state)
    {
        if (_slot is not null || !TakeArrivals())
            return false;
        MailChain.Append((WorkItem)_slot!, new WorkItem(action, state));
        return true;
    }

    /// <summary>Moves everything from the inbox into the slot, oldest first.</summary>
    private bool TakeArrivals()
    {
        if (_inbox is null)
            return false;
        _slot = TakeArrivalsAsChain();
        return true;
    }

    private WorkItem? TakeArrivalsAsChain() => MailChain.Reverse(Interlocked.Exchange(ref _inbox, null));

    private readonly WorkItem? SlotAsChain() => _slot switch
    {
        null => null,
        WorkItem chain => chain,
        object action => new WorkItem(action, _slotState),
    };
}
