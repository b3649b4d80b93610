using System.Threading.Tasks.Sources;
using Weft.Runtime.Core;
using Weft.Runtime.Host;
using Weft.Runtime.Running;
using Weft.Waiting;

namespace Weft.Channels.Selecting;

/// <summary>The wait of a select. Several peers may end it, and only one does.</summary>
/// <remarks>
/// <see cref="_state"/> holds the number of the wait in its upper half and, in its lower, zero while the wait is open, and otherwise the
/// index of the case that has won, or another reason why nobody can win, plus one. It is claimed by compare-and-swap from zero. A timer, a
/// task or a token claims with the number of the wait it is for, so that one that comes late cannot end a later one; a waiter in a
/// channel's queue is there for whichever wait is open.
/// </remarks>
internal sealed class SelectOperation : Operation, IValueTaskSource<SelectCase>
{
    /// <summary>The index by which a cancellation wins.</summary>
    internal const int CancelledIndex = Select.MaxCases;

    /// <summary>The index by which a wait is closed that is not open yet, or was withdrawn.</summary>
    private const int NobodyIndex = Select.MaxCases + 1;

    private const int WaitShift = 32;

    private readonly Select _select;
    private long _state;

    // Not 0: see IsDisturbed.
    private int _disturbed;

    internal SelectOperation(Select select) => _select = select;

    /// <summary>The number of the wait; asked by the select's goroutine, or to be compared later.</summary>
    internal uint Wait => (uint)(Volatile.Read(ref _state) >> WaitShift);

    /// <summary>The index of the case that has won.</summary>
    internal int Winner => (int)(Volatile.Read(ref _state) & uint.MaxValue) - 1;

    /// <summary>Prepares the next wait; nobody can win it yet.</summary>
    internal void BeginWait(Goroutine? owner, WaitReason reason)
    {
        Begin(owner, reason);
        Volatile.Write(ref _state, ((long)(Wait + 1) << WaitShift) | (NobodyIndex + 1));
    }

    /// <summary>From now on a case can win.</summary>
    /// <param name="fence">Whether it is to be a full fence, too; without, nobody may come before the caller has given a lock up.</param>
    internal void Open(bool fence)
    {
        long open = (long)Wait << WaitShift;
        if (fence)
            Interlocked.Exchange(ref _state, open);
        else
            Volatile.Write(ref _state, open);
    }

    /// <summary>A wait that nobody else can win, as it was never open.</summary>
    internal void WinAlone(int index) => Volatile.Write(ref _state, ((long)Wait << WaitShift) | (uint)(index + 1));

    /// <summary>Closes the wait again; false if a case has won.</summary>
    internal bool TryWithdraw() => TryClaim(Wait, NobodyIndex);

    /// <summary>After <see cref="TryWithdraw"/>: nobody will complete it, and it can be used again.</summary>
    internal void Abandon() => WasTaken = true;

    /// <summary>Decides that the case ends the wait; false if another has, or if that wait is over.</summary>
    internal bool TryClaim(uint wait, int index)
    {
        long open = (long)wait << WaitShift;
        return Volatile.Read(ref _state) == open && Interlocked.CompareExchange(ref _state, open | (uint)(index + 1), open) == open;
    }

    /// <summary>
    /// The same for whichever wait is open, by a peer that has just taken the case's place out of its queue; false if none is. A no comes
    /// after the mark that the waiter is gone, which is a fence: if the wait is opened afterwards, the select sees it (see
    /// <see cref="Select"/>).
    /// </summary>
    internal bool TryClaimOpen(int index)
    {
        FaultPoints.Hit("place.dropped");
        for (bool marked = false; ;)
        {
            long seen = Volatile.Read(ref _state);
            if ((uint)seen == 0)
            {
                if (Interlocked.CompareExchange(ref _state, seen | (uint)(index + 1), seen) == seen)
                    return true;
            }
            else if (marked)
            {
                return false;
            }
            else
            {
                Interlocked.Exchange(ref _disturbed, 1);
                marked = true;
                FaultPoints.Hit("place.marked");
            }
        }
    }

    /// <summary>
    /// Whether one of the waiters was taken out of its queue, since <see cref="Settle"/>, by a peer that found no wait open.
    /// </summary>
    internal bool IsDisturbed => Volatile.Read(ref _disturbed) != 0;

    /// <summary>
    /// Takes the mark back, before the caller looks whether the waiters are in their queues. A fence, if there was a mark: one that is
    /// taken out without the caller's seeing it leaves another.
    /// </summary>
    internal void Settle()
    {
        if (IsDisturbed)
            Interlocked.Exchange(ref _disturbed, 0);
    }

    /// <summary>Whether it can be won now.</summary>
    internal bool IsOpen => (uint)Volatile.Read(ref _state) == 0;

    internal override void OnNeverRun()
    {
        int winner = Winner;
        if (OutcomeSoFar == Outcome.Done && winner is >= 0 and < CancelledIndex && TryClaimLeft())
            _select.GiveBack(winner);
    }

    private protected override void Withdraw()
    {
        if (TryWithdraw())
            _select.WithdrawForGood();
        else
            OnNeverRun();
    }

    /// <summary>
    /// Lists it with the operations that its goroutine keeps, so that a goroutine that never runs again finds it: as long as the select
    /// keeps no places for the goroutine, which finds it by those otherwise.
    /// </summary>
    internal void List()
    {
        if (Owner is Goroutine owner)
            ListFor(owner);
    }

    /// <summary>The wait is over. By the goroutine; if another one awaited, it stays listed until there is no room.</summary>
    internal void UnlistIfMine()
    {
        if (Owner is Goroutine owner && Machine.CurrentGoroutine == owner)
            Unlist();
    }

    /// <inheritdoc cref="Withdraw"/>
    internal void WithdrawWait() => Withdraw();

    ValueTaskSourceStatus IValueTaskSource<SelectCase>.GetStatus(short token) => Status(token);

    void IValueTaskSource<SelectCase>.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags) =>
        Await(continuation, state, token, flags);

    SelectCase IValueTaskSource<SelectCase>.GetResult(short token) => GetResult(token);

    internal SelectCase GetResult(short token)
    {
        End(token);
        return _select.EndWait(this);
    }
}
