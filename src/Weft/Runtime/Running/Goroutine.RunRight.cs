using System.Runtime.CompilerServices;
using Weft.Runtime.Running;

namespace Weft;

/// <content>
/// The run right: the machine that has it, and no other, runs the goroutine and touches the slot of its mailbox. The phases say which one
/// that is; see <see cref="Mailbox"/>.
/// </content>
public abstract partial class Goroutine
{
    /// <summary>Ready to Running, by the machine that took the goroutine from a queue, or for the machine that it is handed to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void MarkRunning() => _mailbox.MarkRunning();

    /// <summary>Parked to Running, by a machine that comes back from a wait.</summary>
    internal bool TryClaimRunRight() => _mailbox.TryClaim();

    /// <summary>
    /// Gives the run right up. True when the goroutine is Parked: then a full fence and <see cref="FinishPark"/> are to follow at once.
    /// False when it is Ready, as there is more to run: then the caller puts it into a queue. By the holder of the run right.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryPark()
    {
        NoteReleasing();
        return _mailbox.TryPark();
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
        bool ready = _mailbox.FinishPark();
        if (hasEnded)
            CompleteIfAwaited();
        return ready;
    }

    /// <summary>
    /// Gives the run right up, the fence and telling of the end included. True when the goroutine is Ready, and the caller puts it into a
    /// queue.
    /// </summary>
    internal bool ReleaseRunRight()
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

    /// <inheritdoc cref="Mailbox.RemovePendingComeback"/>
    internal void RemovePendingComeback() => _mailbox.RemovePendingComeback();

    /// <inheritdoc cref="Mailbox.PushFront"/>
    internal void PushFront(WorkItem item) => _mailbox.PushFront(item);

    /// <inheritdoc cref="Mailbox.RemoveComeback"/>
    internal void RemoveComeback(ComebackItem item) => _mailbox.RemoveComeback(item);
}
