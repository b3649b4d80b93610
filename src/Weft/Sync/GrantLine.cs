using System.Runtime.CompilerServices;
using Weft.Runtime.Host;
using Weft.Runtime.Running;
using Weft.Waiting;

namespace Weft.Sync;

/// <summary>
/// A line whose waiters are given what they wait for, and are woken then: nobody overtakes them, and none tries in vain. What there is to
/// be given, and to which waiter next, is the policy of a derived class: it runs under the gate, so it is plain code.
/// </summary>
/// <remarks>
/// <para>
/// <b>No waiter is forgotten.</b> What there is, and the lists, change under <see cref="_gate"/> only. Each change that can make a waiter
/// eligible (something is given back, a waiter gives up or is dropped) asks the policy for the next until it has none, before the gate is
/// left. So at every exit of the gate, no waiter in a list could be given what it waits for.
/// </para>
/// <para>
/// <b>Nothing is lost on the way.</b> A waiter that is taken out of its list has what it waited for at that moment. From then on its token
/// does not find it in the list (<see cref="IWaitLine.TryRemove"/>), and a thread that was interrupted waits for the wake-up. If its
/// goroutine never runs again, it is given back: by the waker, which sees that the scheduler is stopped, or by the thread that empties the
/// mailbox of the goroutine (<see cref="WorkItem.OnNeverRun"/>). How a waiter that never runs again leaves its list: see
/// <see cref="LeftBehind"/>.
/// </para>
/// </remarks>
/// <param name="reason">What a goroutine waits for here, if only goroutines use the line.</param>
internal abstract class GrantLine<TReleaser>(WaitReason reason) : IWaitLine<TReleaser>, IOrderedLine
    where TReleaser : struct, IDisposable
{
    private SpinGate _gate;
    private LineWaiterPool _pool;

    private OutsideUse _outsideUse;

    // 1 once LeftBehind knows of the line.
    private int _isNoted;

    public abstract TReleaser ReleaserFor(LineWaiter waiter);

    // The policy, under the gate.

    /// <summary>Gives a newcomer what it wishes, if that is possible without overtaking a waiter.</summary>
    private protected abstract bool TryTake(int wish);

    /// <summary>Takes out of its list, and gives its wish to, the waiter whose turn it is; null if there is none.</summary>
    private protected abstract LineWaiter? TakeNext();

    /// <summary>Takes back what was given for a wish; false if it was not given.</summary>
    private protected abstract bool TryGiveBack(int wish);

    /// <summary>Where waiters with such a wish wait.</summary>
    private protected abstract ref WaiterList<LineWaiter> ListFor(int wish);

    /// <summary>Takes out of each list the waiters that never run again; see <see cref="DropLeftIn"/>.</summary>
    private protected abstract void DropLeft();

    /// <summary>Takes out of a list the waiters that never run again.</summary>
    private protected static void DropLeftIn(ref WaiterList<LineWaiter> list)
    {
        LineWaiter? next;
        for (LineWaiter? waiter = list.First; waiter is not null; waiter = next)
        {
            next = waiter.Following;
            if (waiter.IsLeftBehind)
                list.Remove(waiter);
        }
    }

    /// <summary>Gives the caller what it wishes, if that is possible at once.</summary>
    internal bool TryAcquire(int wish)
    {
        _outsideUse.NoteCaller();
        _gate.Enter();
        bool isTaken = TryTake(wish);
        _gate.Exit();
        return isTaken;
    }

    internal LockAwaitable<TReleaser> AcquireAsync(int wish, TReleaser releaser, CancellationToken token)
    {
        if (!token.IsCancellationRequested && TryAcquire(wish))
            return new LockAwaitable<TReleaser>(releaser);
        LineWaiter<TReleaser> waiter = Rent();
        waiter.Begin(wish, token);
        return new LockAwaitable<TReleaser>(waiter);
    }

    /// <summary>Blocks the calling thread until it has what it wishes; a goroutine's processor goes on to another thread.</summary>
    internal void Acquire(int wish, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        if (TryAcquire(wish))
            return;
        LineWaiter waiter = Rent();
        waiter.BeginBlocking(wish, token);
        waiter.WaitHere();
    }

    /// <summary>Takes back what was given for a wish; false if it was not given.</summary>
    internal bool Release(int wish)
    {
        _gate.Enter();
        bool isGivenBack = TryGiveBack(wish);
        WaiterList<LineWaiter> granted = TakeGranted();
        _gate.Exit();
        WakeAll(granted);
        return isGivenBack;
    }

    WaitReason IWaitLine.ReasonFor(LineWaiter waiter) => _outsideUse.ReasonFor(reason, waiter.Token);

    void IWaitLine.NoteOutside() => _outsideUse.Note();

    Outcome IWaitLine.TryEnter(LineWaiter waiter)
    {
        if (_isNoted == 0 && Interlocked.Exchange(ref _isNoted, 1) == 0)
            LeftBehind.Note(this);
        FaultPoints.Hit("line.entering");
        Outcome outcome = Outcome.Pending;
        _gate.Enter();
        if (waiter.IsCancellationRequested)
        {
            outcome = Outcome.Cancelled;
        }
        else if (TryTake(waiter.Wish))
        {
            outcome = Outcome.Done;
        }
        else if (!waiter.IsLeftBehind)
        {
            waiter.PrepareToWait();
            ListFor(waiter.Wish).AddLast(waiter);
        }

        _gate.Exit();
        return outcome;
    }

    Outcome IWaitLine.OnWoken(LineWaiter waiter) => Outcome.Done;

    bool IWaitLine.TryRemove(LineWaiter waiter)
    {
        WaiterList<LineWaiter> granted = default;
        _gate.Enter();
        bool isRemoved = waiter.IsListed;
        if (isRemoved)
        {
            ListFor(waiter.Wish).Remove(waiter);
            granted = TakeGranted();
        }

        _gate.Exit();
        WakeAll(granted);
        return isRemoved;
    }

    void IWaitLine.PassOn(LineWaiter waiter, Outcome outcome) => Release(waiter.Wish);

    void IWaitLine.Return(LineWaiter waiter) => _pool.Return(waiter, ref _gate);

    void IOrderedLine.DropLeftBehind()
    {
        _gate.Enter();
        DropLeft();
        WaiterList<LineWaiter> granted = TakeGranted();
        _gate.Exit();
        WakeAll(granted);
    }

    /// <summary>Under the gate: those that have what they wished now.</summary>
    private WaiterList<LineWaiter> TakeGranted()
    {
        WaiterList<LineWaiter> granted = default;
        while (TakeNext() is LineWaiter next)
            granted.AddLast(next);
        return granted.TakeAll();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WakeAll(WaiterList<LineWaiter> granted)
    {
        if (!granted.IsEmpty)
            WakeEach(granted);
    }

    private void WakeEach(WaiterList<LineWaiter> granted)
    {
        while (granted.RemoveFirst() is LineWaiter waiter)
        {
            int wish = waiter.Wish; // once it is woken, it may be in use for another wait
            if (!waiter.Grant())
                Release(wish);
        }
    }

    private LineWaiter<TReleaser> Rent() =>
        (LineWaiter<TReleaser>?)_pool.Rent(ref _gate) ?? new LineWaiter<TReleaser>(this);
}
