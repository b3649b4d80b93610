using System.Runtime.CompilerServices;
using Weft.Runtime.Host;

namespace Weft.Runtime.Queues;

/// <summary>
/// Holds the goroutine that a processor runs next. The processor's owner fills and empties it with plain loads and stores; a thief, who
/// comes seldom, pays for both.
/// </summary>
/// <remarks>
/// <para>
/// <b>Who.</b> Only the owner fills the slot, and only while it is empty. The owner and thieves empty it. "The owner" is whoever has the
/// processor in his hands: one at a time, and what one has stored the next one sees.
/// </para>
/// <para>
/// <b>One gets it.</b> The owner stores <c>taking = 1</c>, loads <c>thieves</c>, takes, and stores <c>taking = 0</c>. The thief raises
/// <c>thieves</c>, has every CPU that runs a thread of this process execute a full fence, then loads <c>taking</c>. Say the owner loaded 0
/// thieves. If that was before the fence on its CPU, so was its store of <c>taking = 1</c>: the thief sees it and gives up; or it sees a
/// later 0, and with it the slot as the owner left it. If it was after the fence, the thief had lowered <c>thieves</c> again, after its
/// exchange; the owner loads the slot after <c>thieves</c>, and so finds it as the thief left it. An owner that sees a thief uses an
/// exchange, as thieves do, and of those only one gets the goroutine.
/// </para>
/// </remarks>
internal struct RunNextSlot
{
    private Goroutine? _goroutine;

    // 1 while the owner takes. By the owner.
    private int _taking;

    // Those who steal, or find out that they cannot. By interlocked operations.
    private int _thieves;

    /// <summary>A snapshot; once the owner has found it empty, it stays so until he fills it.</summary>
    internal readonly bool IsEmpty
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(in _goroutine) is null;
    }

    /// <summary>Owner only, while it is empty. No full fence.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Put(Goroutine goroutine) => Volatile.Write(ref _goroutine, goroutine);

    /// <summary>Owner only. Null if it is empty.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Goroutine? Take()
    {
        if (IsEmpty)
            return null;
        Volatile.Write(ref _taking, 1);
        Goroutine? goroutine;
        if (Volatile.Read(ref _thieves) == 0)
        {
            goroutine = Volatile.Read(ref _goroutine);
            _goroutine = null;
        }
        else
        {
            goroutine = Interlocked.Exchange(ref _goroutine, null);
        }

        Volatile.Write(ref _taking, 0);
        return goroutine;
    }

    /// <summary>
    /// By anybody. Null if it is empty, or if the owner is taking the goroutine. Costs some 8 us, and every CPU a little.
    /// </summary>
    internal Goroutine? Steal()
    {
        Interlocked.Increment(ref _thieves);
        Interlocked.MemoryBarrierProcessWide();
        FaultPoints.Hit("slot.thief");
        Goroutine? stolen = Volatile.Read(ref _taking) == 0 ? Interlocked.Exchange(ref _goroutine, null) : null;
        FaultPoints.Hit("slot.stolen");
        Interlocked.Decrement(ref _thieves);
        return stolen;
    }
}
