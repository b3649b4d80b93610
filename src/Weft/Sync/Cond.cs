using System.Diagnostics;
using Weft.Runtime.Running;
using Weft.Sync;
using Weft.Waiting;

namespace Weft;

/// <summary>
/// A condition that goroutines wait for while others change what a <see cref="GoLock"/> guards: Go's <c>sync.Cond</c>. Often a
/// <see cref="Chan{T}"/> is simpler.
/// </summary>
/// <remarks>
/// <para>
/// To wait gives up the lock until the wait is over; after it, the waiter has the lock again, also if the wait ends with an exception. The
/// condition may have changed once more by then, so it is tested in a loop. Waiters are signalled first come, first served.
/// </para>
/// <para>
/// All members may be used from any thread, inside goroutines and outside. They allocate nothing once there were as many waiters as there
/// are now; a wait that can be cancelled may.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// using (await _lock.LockAsync())
/// {
///     while (_queue.Count == 0)
///         await _notEmpty.WaitAsync();
///     return _queue.Dequeue();
/// }
/// </code>
/// </example>
/// <param name="lock">The lock that guards what the condition is about.</param>
/// <exception cref="ArgumentNullException"><paramref name="lock"/> is null.</exception>
[DebuggerDisplay("{DebugText,nq}")]
public sealed class Cond(GoLock @lock) : IWaitLine
{
    private readonly GoLock _lock = @lock ?? throw new ArgumentNullException(nameof(@lock));

    // Guards the rest. A waiter that is taken out of the list has the signal, or has given up: after that it enters the lock's line.
    private SpinGate _gate;
    private WaiterList<LineWaiter> _waiters;
    private LineWaiterPool _pool;

    private OutsideUse _outsideUse;

    private string DebugText => _waiters.IsEmpty ? "nobody waits" : "goroutines or threads wait";

    /// <summary>
    /// Gives up the lock, waits for a signal without a thread, and takes the lock again. Await it at once: it begins when it is awaited.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait for a signal with an <see cref="OperationCanceledException"/>, which is thrown once
    /// the lock is taken again.</param>
    /// <exception cref="SynchronizationLockException">The lock is not locked.</exception>
    public ValueTask WaitAsync(CancellationToken cancellationToken = default)
    {
        if (!_lock.IsLocked)
            throw NotLocked(nameof(WaitAsync));
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled(cancellationToken);
        _outsideUse.NoteCaller();
        CondWaiter waiter = Rent();
        waiter.Begin(wish: 0, cancellationToken);
        return new ValueTask(waiter, waiter.Version);
    }

    /// <summary>
    /// Gives up the lock, blocks the calling thread until there is a signal, and takes the lock again; a goroutine's processor goes on to
    /// another thread.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled before there was a signal; the lock is taken again.</exception>
    /// <exception cref="ThreadInterruptedException">The thread was interrupted before there was a signal; the lock is taken
    /// again.</exception>
    /// <inheritdoc cref="WaitAsync"/>
    public void Wait(CancellationToken cancellationToken = default)
    {
        if (!_lock.IsLocked)
            throw NotLocked(nameof(Wait));
        cancellationToken.ThrowIfCancellationRequested();
        _outsideUse.NoteCaller();
        CondWaiter waiter = Rent();
        waiter.BeginBlocking(wish: 0, cancellationToken);
        bool hasGivenUpLock = true;
        try
        {
            waiter.WaitHere();
        }
        catch (SynchronizationLockException)
        {
            hasGivenUpLock = false;
            throw;
        }
        finally
        {
            if (hasGivenUpLock)
                _lock.LockUninterrupted();
        }
    }

    /// <summary>Wakes the waiter that has waited longest, if there is one. The caller may have the lock, but need not.</summary>
    public void Signal()
    {
        _outsideUse.NoteCaller();
        while (TakeFirst() is CondWaiter waiter && !TrySignal(waiter))
        {
        }
    }

    /// <summary>Wakes all that wait. The caller may have the lock, but need not.</summary>
    public void Broadcast()
    {
        _outsideUse.NoteCaller();
        _gate.Enter();
        WaiterList<LineWaiter> all = _waiters.TakeAll();
        for (LineWaiter? waiter = all.First; waiter is not null; waiter = waiter.Following)
            ((CondWaiter)waiter).AwaitsSignal = false;
        _gate.Exit();
        while (all.RemoveFirst() is LineWaiter waiter)
            TrySignal((CondWaiter)waiter);
    }

    WaitReason IWaitLine.ReasonFor(LineWaiter waiter) => _outsideUse.ReasonFor(WaitReason.Cond, waiter.Token);

    void IWaitLine.NoteOutside()
    {
        _outsideUse.Note();
        _lock.NoteOutside();
    }

    /// <summary>
    /// <b>No signal is missed, and none is lost.</b>
    /// Publisher: the waiter, which has the lock, enters the condition's line under the gate, then gives up the lock.
    /// Looker: the signaller changes the condition with the lock, then takes a waiter out of the line under the gate.
    /// Fences: the gate, and the interlocked operations by which the lock goes from the waiter to the signaller.
    /// Therefore: a waiter that has seen the condition from before the change is in the line when the signaller looks. A signal and a
    /// cancellation take a waiter out under the gate, so one of them has it; that one gives it the lock, or puts it into the lock's line. A
    /// waiter that never runs again passes on the lock and the signal, wherever it stands.
    /// Model: tests/models/cond.pml.
    /// </summary>
    Outcome IWaitLine.TryEnter(LineWaiter waiter)
    {
        var entering = (CondWaiter)waiter;
        _gate.Enter();
        bool isCancelled = !entering.Blocks && entering.Token.IsCancellationRequested; // a blocking one notices by itself
        if (!isCancelled)
        {
            entering.PrepareToWait();
            entering.AwaitsSignal = true;
            _waiters.AddLast(entering);
        }

        _gate.Exit();
        if (isCancelled)
        {
            entering.MarkCancelled();
            return Outcome.Done;
        }

        // Only now: a signal by the next holder of the lock finds the waiter in the list.
        if (_lock.TryUnlock() || !((IWaitLine)this).TryRemove(entering))
            return Outcome.Pending;
        if (entering.Blocks)
            throw NotLocked(nameof(Wait));
        entering.MarkUnlocked();
        return Outcome.Done;
    }

    Outcome IWaitLine.OnWoken(LineWaiter waiter) => waiter.Blocks ? Outcome.Done : _lock.OnWoken(waiter);

    bool IWaitLine.TryRemove(LineWaiter waiter)
    {
        var leaving = (CondWaiter)waiter;
        _gate.Enter();
        bool isRemoved = leaving.AwaitsSignal;
        if (isRemoved)
        {
            leaving.AwaitsSignal = false;
            _waiters.Remove(leaving);
        }

        _gate.Exit();
        return isRemoved;
    }

    void IWaitLine.PassOn(LineWaiter waiter, Outcome outcome)
    {
        _lock.PassOn(outcome);
        PassOnSignal((CondWaiter)waiter);
    }

    void IWaitLine.Return(LineWaiter waiter) => _pool.Return(waiter, ref _gate);

    /// <summary>For a waiter that has had a signal and never runs again: the next waiter gets the signal.</summary>
    internal void PassOnSignal(CondWaiter waiter)
    {
        if (waiter.IsForSignal)
            Signal();
    }

    /// <summary>For a waiter that is in no line: the waiter gets the lock, or comes into the lock's line.</summary>
    /// <returns>False when the waiter never runs again.</returns>
    internal bool EnterLock(CondWaiter waiter)
    {
        if (_lock.TryEnqueue(waiter, woken: false) == Outcome.Pending || waiter.Grant())
            return true;
        _lock.Unlock();
        return false;
    }

    internal static SynchronizationLockException NotLocked(string member) =>
        new($"{nameof(Cond)}.{member}: the lock is not locked. Lock it before the wait, and test the condition.");

    /// <summary>A blocking waiter takes the lock itself.</summary>
    private bool TrySignal(CondWaiter waiter) => waiter.Blocks ? waiter.Wake() : !waiter.IsLeftBehind && EnterLock(waiter);

    private CondWaiter? TakeFirst()
    {
        _gate.Enter();
        var first = (CondWaiter?)_waiters.RemoveFirst();
        if (first is not null)
            first.AwaitsSignal = false;
        _gate.Exit();
        return first;
    }

    private CondWaiter Rent() => (CondWaiter?)_pool.Rent(ref _gate) ?? new CondWaiter(this);
}
