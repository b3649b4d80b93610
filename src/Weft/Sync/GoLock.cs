using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Weft;

/// <summary>
/// A mutual-exclusion lock that goroutines wait for without a thread, with the fairness of Go's <c>sync.Mutex</c>. It is not re-entrant and
/// belongs to nobody: another goroutine or thread may unlock it.
/// </summary>
/// <remarks>
/// <para>
/// Normally a newcomer may take the lock before those that wait, which is several times faster than serving them strictly in turn. Once one
/// has waited for a millisecond, nobody overtakes any more and the lock goes from hand to hand, first come first served, until one gets it
/// in less than that, or nobody waits.
/// </para>
/// <para>
/// All members may be used from any thread, inside goroutines and outside, and on both sides of <c>ConfigureAwait(false)</c>. Locking and
/// unlocking allocate nothing once there were as many waiters as there are now; a wait that can be cancelled may.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// private readonly GoLock _lock = new();
///
/// public async Task DepositAsync(decimal amount)
/// {
///     using (await _lock.LockAsync())
///         await _store.WriteAsync(await _store.ReadAsync() + amount);
/// }
/// </code>
/// </example>
[DebuggerDisplay("{DebugText,nq}")]
public sealed partial class GoLock
{
    // The bits of _state. At most one waiter is woken at any time: the one that set Woken on behalf of it chose it, and it takes the bit
    // away when it takes the lock, waits again, or gives up.
    // Starving without Locked keeps the lock for the one that is woken; it implies Woken, so that one comes for it.
    // Waiters tells whether the list has entries; it changes under the gate only.
    private const int Locked = 1;
    private const int Woken = 2;
    private const int Starving = 4;
    private const int Waiters = 8;

    private int _state;

    private string DebugText =>
        ((_state & Locked) != 0 ? "locked" : "free")
        + ((_state & Waiters) != 0 ? ", others wait" : "")
        + ((_state & Starving) != 0 ? ", goes from hand to hand" : "");

    /// <summary>
    /// Locks; waits for it without a thread if need be. Await it at once: nothing waits before it is awaited. The await ends on the
    /// context it began on.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait with an <see cref="OperationCanceledException"/>; the lock is then not taken.</param>
    /// <returns>Awaited, gives what unlocks when it is disposed.</returns>
    public LockAwaitable<Releaser> LockAsync(CancellationToken cancellationToken = default) =>
        !cancellationToken.IsCancellationRequested && TryLock()
            ? new LockAwaitable<Releaser>(new Releaser(this))
            : LockSlowly(cancellationToken);

    /// <summary>
    /// Locks, and blocks the calling thread until that has come about; a goroutine's processor goes on to another thread.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait with an <see cref="OperationCanceledException"/>; the lock is then not taken.</param>
    /// <returns>Unlocks when it is disposed.</returns>
    /// <exception cref="OperationCanceledException">Cancelled before the lock was free.</exception>
    /// <exception cref="ThreadInterruptedException">The thread was interrupted before the lock was free; the lock is then not
    /// taken.</exception>
    public Releaser Lock(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!TryLock() && !Spin())
            LockBlocking(cancellationToken);
        return new Releaser(this);
    }

    /// <summary>Locks if that is possible at once; <see cref="Unlock"/> undoes it.</summary>
    /// <returns>Whether the caller has the lock now.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryLock()
    {
        _outsideUse.NoteCaller();
        int state = _state;

        // Constants for a free lock that nobody waits for: the compiled compare-and-swap keeps nothing beside it then.
        return state == 0 ? Interlocked.CompareExchange(ref _state, Locked, 0) == 0 : TryOvertake(state);
    }

    /// <summary>Undoes <see cref="TryLock"/>, or one of the others whose <see cref="Releaser"/> is not disposed.</summary>
    /// <exception cref="SynchronizationLockException">The lock is not locked.</exception>
    public void Unlock()
    {
        int state = _state;

        // Nobody is to be woken if nobody waits, or if one is awake already. In as few statements as can be: what ends a `using` is
        // compiled into the way that mostly goes on there only if it is short.
        if ((state != Locked && (state & (Locked | Woken)) != (Locked | Woken))
            || Interlocked.CompareExchange(ref _state, state & ~Locked, state) != state)
        {
            UnlockSlowly();
        }
    }

    internal bool IsLocked => (Volatile.Read(ref _state) & Locked) != 0;

    /// <summary>As <see cref="Lock"/>; an interrupt that comes meanwhile meets the thread's next wait.</summary>
    internal void LockUninterrupted()
    {
        bool wasInterrupted = false;
        while (true)
        {
            try
            {
                Lock();
                break;
            }
            catch (ThreadInterruptedException)
            {
                wasInterrupted = true;
            }
        }

        if (wasInterrupted)
            Thread.CurrentThread.Interrupt();
    }

    /// <summary>Undoes one lock. Disposing it twice does nothing the second time for the same variable.</summary>
    public struct Releaser : IDisposable
    {
        private GoLock? _lock;

        internal Releaser(GoLock owner) => _lock = owner;

        /// <summary>Unlocks.</summary>
        public void Dispose()
        {
            GoLock? owner = _lock;
            if (owner is null)
                return;
            _lock = null;
            owner.Unlock();
        }
    }
}
