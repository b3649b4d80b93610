using System.Diagnostics;
using System.Runtime.CompilerServices;
using Weft.Runtime.Core;
using Weft.Runtime.Host;
using Weft.Runtime.Running;
using Weft.Sync;
using Weft.Waiting;

namespace Weft;

/// <content>
/// Waiting, waking, and which waiter goes first.
/// <para>
/// <b>No waiter is forgotten.</b> A waiter enters the list only in a state that is Locked or Starving, and sets Waiters by compare-and-swap
/// of that very state. If it is Locked, its holder will unlock, by compare-and-swap, too, and so sees Waiters; it wakes the first waiter
/// unless Woken says that one is on its way. If it is Starving and not Locked, one is on its way as well. A woken waiter either takes the
/// lock, and unlocks it later; or finds it Locked and takes Woken away by compare-and-swap of that state, so that the holder, seeing
/// Waiters without Woken, wakes the next.
/// </para>
/// </content>
public sealed partial class GoLock : IWaitLine<GoLock.Releaser>
{
    /// <summary>
    /// In nanoseconds: a waiter that has waited for longer is not overtaken any more. Go's figure: long against a switch, short for a user.
    /// </summary>
    private const long StarvationThreshold = 1_000_000;

    /// <summary>
    /// After this number of acquisitions past a woken waiter the holder looks at the clock, in case the waiter cannot run because those
    /// that overtake it keep the processors. It makes the cost of the look a fraction of a nanosecond for each.
    /// </summary>
    private const int OvertakesPerLook = 128;

    // How long a newcomer looks whether the lock becomes free before it waits. Sections are short or long; the short are over by then.
    private const int SpinRounds = 4;
    private const int PausesPerRound = 30;

    private static readonly bool s_hasSeveralCpus = Environment.ProcessorCount > 1;

    // Guards the lists. Taken by those that wait, wake or give up, never on the way of those that just lock and unlock.
    private SpinGate _gate;
    private WaiterList<LineWaiter> _waiters;
    private LineWaiterPool _pool;

    // Of the waiter that was woken last; written under the gate. Only a hint: read without.
    private long _wokenSince;

    // Written by the holder.
    private int _overtakes;

    private OutsideUse _outsideUse;

    /// <summary>For a waiter that will have the lock outside goroutines. Before it enters the list.</summary>
    internal void NoteOutside() => _outsideUse.Note();

    // While others wait, or one is on its way: takes the lock before them if it is free.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryOvertake(int state)
    {
        if ((state & (Locked | Starving)) != 0 || Interlocked.CompareExchange(ref _state, state | Locked, state) != state)
            return false;
        NoteOvertaking();
        return true;
    }

    private void NoteOvertaking()
    {
        if (++_overtakes < OvertakesPerLook)
            return;
        _overtakes = 0;
        if ((_state & Woken) != 0 && MonotonicClock.Now - Volatile.Read(ref _wokenSince) > StarvationThreshold)
            Interlocked.Or(ref _state, Starving);
    }

    private LockAwaitable<Releaser> LockSlowly(CancellationToken token)
    {
        if (!token.IsCancellationRequested && Spin())
            return new LockAwaitable<Releaser>(new Releaser(this));
        LineWaiter<Releaser> waiter = Rent();
        waiter.Begin(wish: 0, token);
        return new LockAwaitable<Releaser>(waiter);
    }

    /// <summary>
    /// Whether the holder may run, and so unlock, while the calling thread spins: not if both are goroutines that share a processor.
    /// </summary>
    private static bool CanSpin => s_hasSeveralCpus && Machine.Calling is not { Current: not null, Engine.MaxProcs: 1 };

    private bool Spin()
    {
        if (!CanSpin)
            return false;
        for (int round = 0; round < SpinRounds; round++)
        {
            if ((Volatile.Read(ref _state) & Starving) != 0)
                return false;
            Thread.SpinWait(PausesPerRound);
            if (TryLock())
                return true;
        }

        return false;
    }

    private void LockBlocking(CancellationToken token)
    {
        LineWaiter waiter = Rent();
        waiter.BeginBlocking(wish: 0, token);
        waiter.WaitHere();
    }

    /// <summary>
    /// Lets a waiter wait, at the end of the list, or at its head if it was woken in vain. Not if the lock can be had after all, or if the
    /// waiter's token is cancelled. A woken waiter takes a free lock although its token is cancelled: it would have to wake the next
    /// otherwise.
    /// </summary>
    internal Outcome TryEnqueue(LineWaiter waiter, bool woken)
    {
        long now = MonotonicClock.Now;
        if (!woken)
            waiter.Since = now;
        FaultPoints.Hit("lock.enqueuing");
        _gate.Enter();
        while (true)
        {
            int state = Volatile.Read(ref _state);
            int next;
            Outcome outcome;
            bool free = (state & (woken ? Locked : Locked | Starving)) == 0;
            if (waiter.IsCancellationRequested && !(woken && free))
            {
                next = woken ? state & ~Woken : state;
                outcome = Outcome.Cancelled;
            }
            else if (free)
            {
                next = Taken(state, waiter, woken);
                outcome = Outcome.Done;
            }
            else
            {
                next = state | Waiters;
                if (woken)
                    next = (now - waiter.Since > StarvationThreshold ? next | Starving : next) & ~Woken;
                outcome = Outcome.Pending;
            }

            if (Interlocked.CompareExchange(ref _state, next, state) != state)
                continue;
            if (outcome == Outcome.Pending)
            {
                waiter.PrepareToWait();
                if (woken)
                    _waiters.AddFirst(waiter);
                else
                    _waiters.AddLast(waiter);
            }

            AssertInvariants();
            _gate.Exit();
            return outcome;
        }
    }

    /// <summary>For the waiter that was woken: takes the lock, or has it wait again, at the head of the line.</summary>
    internal Outcome OnWoken(LineWaiter waiter) => TryTakeWoken(waiter) ? Outcome.Done : TryEnqueue(waiter, woken: true);

    private bool TryTakeWoken(LineWaiter waiter)
    {
        FaultPoints.Hit("lock.woken");
        for (int round = 0; ; round++)
        {
            int state = Volatile.Read(ref _state);
            while ((state & Locked) == 0)
            {
                int seen = Interlocked.CompareExchange(ref _state, Taken(state, waiter, woken: true), state);
                if (seen == state)
                    return true;
                state = seen;
            }

            if (round == SpinRounds || (round == 0 && !CanSpin))
                return false;
            Thread.SpinWait(PausesPerRound);
        }
    }

    /// <summary>
    /// The state after a waiter, woken or not, has taken the lock. One that had it soon, or is the last, ends the starvation.
    /// </summary>
    private static int Taken(int state, LineWaiter waiter, bool woken)
    {
        if (!woken)
            return state | Locked;
        state = (state | Locked) & ~Woken;
        if ((state & Starving) != 0 && ((state & Waiters) == 0 || MonotonicClock.Now - waiter.Since < StarvationThreshold))
            state &= ~Starving;
        return state;
    }

    /// <summary>Takes a waiter that gives up out of the list; false if it was woken meanwhile.</summary>
    private bool TryRemove(LineWaiter waiter)
    {
        _gate.Enter();
        bool removed = waiter.IsListed;
        if (removed)
        {
            _waiters.Remove(waiter);
            if (_waiters.IsEmpty)
                Interlocked.And(ref _state, ~Waiters);
        }

        AssertInvariants();
        _gate.Exit();
        return removed;
    }

    // With one to be woken, or a lock that is not locked.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void UnlockSlowly()
    {
        if (!TryUnlock())
            throw new SynchronizationLockException($"{nameof(GoLock)}.{nameof(Unlock)}: the lock is not locked.");
    }

    /// <summary>As <see cref="Unlock"/>; false if the lock is not locked.</summary>
    internal bool TryUnlock()
    {
        while (true)
        {
            int state = Volatile.Read(ref _state);
            if ((state & Locked) == 0)
                return false;
            bool wakes = (state & (Waiters | Woken)) == Waiters;
            int next = state & ~Locked;
            if (wakes)
                next |= Woken;
            else if ((state & Woken) == 0)
                next &= ~Starving; // the last that waited has given up
            if (Interlocked.CompareExchange(ref _state, next, state) != state)
                continue;
            FaultPoints.Hit("lock.unlocked");
            if (wakes)
                WakeFirst();
            return true;
        }
    }

    /// <summary>
    /// Called by the thread that has set Woken. A waiter whose scheduler has been disposed never runs again; then the next is woken.
    /// </summary>
    private void WakeFirst()
    {
        while (true)
        {
            _gate.Enter();
            LineWaiter? waiter = _waiters.RemoveFirst();
            if (waiter is not null)
                _wokenSince = waiter.Since;
            if (_waiters.IsEmpty)
                Interlocked.And(ref _state, waiter is null ? ~(Waiters | Woken | Starving) : ~Waiters);
            AssertInvariants();
            _gate.Exit();
            if (waiter is null || waiter.Wake())
                return;
            waiter.OnDropped();
        }
    }

    /// <summary>For a waiter that has the lock, or was woken for it, and never runs again.</summary>
    internal void PassOn(Outcome outcome)
    {
        if (outcome == Outcome.Done)
            Unlock();
        else
            WakeFirst();
    }

    private LineWaiter<Releaser> Rent() => (LineWaiter<Releaser>?)_pool.Rent(ref _gate) ?? new LineWaiter<Releaser>(this);

    WaitReason IWaitLine.ReasonFor(LineWaiter waiter) => _outsideUse.ReasonFor(WaitReason.Lock, waiter.Token);

    void IWaitLine.NoteOutside() => NoteOutside();

    Outcome IWaitLine.TryEnter(LineWaiter waiter) => TryEnqueue(waiter, woken: false);

    Outcome IWaitLine.OnWoken(LineWaiter waiter) => OnWoken(waiter);

    bool IWaitLine.TryRemove(LineWaiter waiter) => TryRemove(waiter);

    void IWaitLine.PassOn(LineWaiter waiter, Outcome outcome) => PassOn(outcome);

    Releaser IWaitLine<Releaser>.ReleaserFor(LineWaiter waiter) => new(this);

    void IWaitLine.Return(LineWaiter waiter) => _pool.Return(waiter, ref _gate);

    /// <summary>Under the gate.</summary>
    [Conditional("DEBUG")]
    private void AssertInvariants()
    {
        int state = Volatile.Read(ref _state);
        Debug.Assert(((state & Waiters) != 0) == !_waiters.IsEmpty, "Waiters tells whether the list has entries.");
        Debug.Assert(
            (state & (Locked | Starving)) != Starving || (state & Woken) != 0,
            "A lock that is kept for a waiter has one on its way.");
    }
}
