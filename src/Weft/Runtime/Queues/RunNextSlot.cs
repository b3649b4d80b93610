using System.Runtime.CompilerServices;
using Weft.Runtime.Host;

namespace Weft.Runtime.Queues;

/// <summary>
/// Holds the goroutine that a processor runs next. The processor's owner fills and empties it with plain loads and stores. A thief comes
/// seldom, and pays for both.
/// </summary>
/// <remarks>
/// <para>
/// <b>Roles.</b> Only the owner fills the slot, and only while it is empty. The owner and thieves empty it. The owner is the thread that
/// has the processor in its hands: one at a time, and what one has stored the next one sees.
/// </para>
/// <para>
/// <b>Only one of them gets the goroutine.</b>
/// Publisher: the owner stores <c>taking = 1</c>, loads <c>thieves</c>, takes the goroutine, and stores <c>taking = 0</c>.
/// Looker: the thief raises <c>thieves</c>, then loads <c>taking</c>; if that is 0, it exchanges null for the goroutine; then it lowers
/// <c>thieves</c>.
/// Fences: after it has raised <c>thieves</c>, the thief has every CPU that runs a thread of this process execute one.
/// Therefore: an owner that loads 0 thieves before the fence on its CPU has stored <c>taking = 1</c> before that. The thief sees it and
/// gives up, or sees a later 0 and with it the slot as the owner left it. An owner that loads 0 thieves after the fence does so after the
/// thief's exchange, and finds the slot as the thief left it. An owner that sees a thief uses an exchange, too, and only one exchange gets
/// the goroutine.
/// Model: tests/models/run-next.pml.
/// </para>
/// </remarks>
internal struct RunNextSlot
{
    private Goroutine? _goroutine;

    // 1 while the owner takes. By the owner.
    private int _taking;

    // How many threads steal, or find out that they cannot. By interlocked operations.
    private int _thieves;

    /// <summary>A snapshot. A slot that its owner has found empty stays empty until the owner fills it.</summary>
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
    internal Goroutine? Dequeue()
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
    /// Any thread. Null if it is empty, or if the owner is taking the goroutine. Costs some 8 us, and every CPU a little.
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
