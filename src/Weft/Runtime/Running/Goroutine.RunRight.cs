using System.Runtime.CompilerServices;
using Weft.Runtime.Host;
using Weft.Runtime.Running;

namespace Weft;

/// <content>
/// The run right: the machine that has it, and no other, runs the goroutine and touches its slot. The phases say which one that is; see
/// Goroutine.Mailbox.cs.
/// </content>
public abstract partial class Goroutine
{
    /// <summary>Ready to Running, by the machine that took the goroutine from a queue, or for the machine that it is handed to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void MarkRunning() => Volatile.Write(ref _phase, PhaseRunning);

    /// <summary>Parked to Running, by a machine that comes back from a wait.</summary>
    internal bool TryClaimRunRight() =>
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
    /// Second half of parking, after <see cref="TryPark"/> and a full fence: looks at the inbox once more. True when that made the
    /// goroutine Ready, and the caller must put it into a queue; false when there is nothing, or a sender puts it there.
    /// </summary>
    /// <param name="hasEnded">
    /// It had ended before it was parked: those that wait for the end are told, which may queue others, so no lock may be held. (If it has
    /// ended since, another machine has run it, and tells them.)
    /// </param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool FinishPark(bool hasEnded)
    {
        FaultPoints.Hit("runright.released");
        bool ready = _inbox is not null && Interlocked.CompareExchange(ref _phase, PhaseReady, PhaseParked) == PhaseParked;
        if (hasEnded)
            CompleteIfAwaited();
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
            CompleteIfAwaited();
        return true;
    }

    /// <summary>Takes out the comeback item that stands first in the mailbox. Only the holder of the run right may call it.</summary>
    internal void RemovePendingComeback()
    {
        var item = (ComebackItem)_slot!;
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
    /// Takes out the comeback item of a machine that was given the run right before its turn; what stands before it stays. Only the
    /// holder of the run right, which is that machine, may call it.
    /// </summary>
    internal void RemoveComeback(ComebackItem item)
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
}
