using System.Diagnostics;
using Weft.Runtime.Running;
using Weft.Sync;
using Weft.Waiting;

namespace Weft;

/// <summary>
/// A lock for any number of readers or one writer, with the rules of Go's <c>sync.RWMutex</c>. Goroutines wait for it without a thread. It
/// belongs to nobody: another goroutine or thread may unlock it.
/// </summary>
/// <remarks>
/// <para>
/// <b>Nobody starves.</b> While a writer waits, no new reader gets in. When a writer unlocks, all readers that wait then get in before the
/// next writer. When the last reader unlocks, the writer that has waited longest gets in.
/// </para>
/// <para>
/// <b>Not re-entrant.</b> A reader may take the lock for reading once more only as long as no writer waits: with one, it waits for the
/// writer, which waits for it. A reader cannot become a writer: unlock first.
/// </para>
/// <para>
/// All members may be used from any thread, inside goroutines and outside. Locking and unlocking allocate nothing once there were as many
/// waiters as there are now; a wait that can be cancelled may.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// private readonly RWLock _lock = new();
///
/// public async Task&lt;string?&gt; FindAsync(string key)
/// {
///     using (await _lock.ReadLockAsync())
///         return _cache.GetValueOrDefault(key);
/// }
/// </code>
/// </example>
[DebuggerDisplay("{DebugText,nq}")]
public sealed class RWLock
{
    private const int Read = 0;
    private const int Write = 1;

    private readonly Line _line;

    private string DebugText => _line.DebugText;

    /// <summary>Makes a lock that nobody has.</summary>
    public RWLock() => _line = new Line(this);

    /// <summary>
    /// Locks for reading; waits for it without a thread if need be. Await it at once: nothing waits before it is awaited.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait with an <see cref="OperationCanceledException"/>; the lock is then not taken.</param>
    /// <returns>Awaited, gives what unlocks when it is disposed.</returns>
    public LockAwaitable<Releaser> ReadLockAsync(CancellationToken cancellationToken = default) =>
        _line.AcquireAsync(Read, new Releaser(this, Read), cancellationToken);

    /// <summary>Locks for reading, and blocks the calling thread until then; a goroutine's processor goes on to another thread.</summary>
    /// <param name="cancellationToken">Ends the wait with an <see cref="OperationCanceledException"/>; the lock is then not taken.</param>
    /// <returns>Unlocks when it is disposed.</returns>
    /// <exception cref="OperationCanceledException">Cancelled before the lock was free.</exception>
    /// <exception cref="ThreadInterruptedException">The thread was interrupted before the lock was free; it is then not taken.</exception>
    public Releaser ReadLock(CancellationToken cancellationToken = default)
    {
        _line.Acquire(Read, cancellationToken);
        return new Releaser(this, Read);
    }

    /// <summary>Locks for reading if that is possible at once; <see cref="ReadUnlock"/> undoes it.</summary>
    /// <returns>Whether the caller is a reader now. False also while a writer waits.</returns>
    public bool TryReadLock() => _line.TryAcquire(Read);

    /// <summary>Undoes <see cref="TryReadLock"/>, or a lock for reading whose <see cref="Releaser"/> is not disposed.</summary>
    /// <exception cref="SynchronizationLockException">The lock is not locked for reading.</exception>
    public void ReadUnlock()
    {
        if (!_line.Release(Read))
            throw new SynchronizationLockException($"{nameof(RWLock)}.{nameof(ReadUnlock)}: the lock is not locked for reading.");
    }

    /// <summary>
    /// Locks for writing; waits for it without a thread if need be. Await it at once: nothing waits before it is awaited.
    /// </summary>
    /// <inheritdoc cref="ReadLockAsync"/>
    public LockAwaitable<Releaser> LockAsync(CancellationToken cancellationToken = default) =>
        _line.AcquireAsync(Write, new Releaser(this, Write), cancellationToken);

    /// <summary>Locks for writing, and blocks the calling thread until then; a goroutine's processor goes on to another thread.</summary>
    /// <inheritdoc cref="ReadLock"/>
    public Releaser Lock(CancellationToken cancellationToken = default)
    {
        _line.Acquire(Write, cancellationToken);
        return new Releaser(this, Write);
    }

    /// <summary>Locks for writing if that is possible at once; <see cref="Unlock"/> undoes it.</summary>
    /// <returns>Whether the caller is the writer now.</returns>
    public bool TryLock() => _line.TryAcquire(Write);

    /// <summary>Undoes <see cref="TryLock"/>, or a lock for writing whose <see cref="Releaser"/> is not disposed.</summary>
    /// <exception cref="SynchronizationLockException">The lock is not locked for writing.</exception>
    public void Unlock()
    {
        if (!_line.Release(Write))
            throw new SynchronizationLockException($"{nameof(RWLock)}.{nameof(Unlock)}: the lock is not locked for writing.");
    }

    /// <summary>Undoes one lock. Disposing it twice does nothing the second time for the same variable.</summary>
    public struct Releaser : IDisposable
    {
        private readonly int _wish;
        private RWLock? _lock;

        internal Releaser(RWLock owner, int wish) => (_lock, _wish) = (owner, wish);

        /// <summary>Unlocks what was locked: for reading, or for writing.</summary>
        /// <exception cref="SynchronizationLockException">It was unlocked otherwise meanwhile.</exception>
        public void Dispose()
        {
            RWLock? owner = _lock;
            _lock = null;
            if (_wish == Read)
                owner?.ReadUnlock();
            else
                owner?.Unlock();
        }
    }

    /// <summary>The policy.</summary>
    private sealed class Line(RWLock owner) : GrantLine<Releaser>(WaitReason.RWLock)
    {
        private WaiterList<LineWaiter> _waitingReaders;
        private WaiterList<LineWaiter> _waitingWriters;
        private int _readers;
        private bool _isWritten;

        // A writer has just unlocked: the readers that wait get in, writers or not.
        private bool _isReadersTurn;

        internal string DebugText => (_isWritten ? "written" : _readers == 0 ? "free" : $"{_readers} read")
            + (_waitingWriters.IsEmpty ? "" : ", writers wait")
            + (_waitingReaders.IsEmpty ? "" : ", readers wait");

        public override Releaser ReleaserFor(LineWaiter waiter) => new(owner, waiter.Wish);

        private protected override bool TryTake(int wish)
        {
            if (_isWritten || !_waitingWriters.IsEmpty || (wish == Write && _readers > 0))
                return false;
            if (wish == Write)
                _isWritten = true;
            else
                _readers++;
            return true;
        }

        private protected override LineWaiter? TakeNext()
        {
            if (_isWritten)
                return null;
            if (!_waitingReaders.IsEmpty && (_isReadersTurn || _waitingWriters.IsEmpty))
            {
                _readers++;
                return _waitingReaders.RemoveFirst();
            }

            _isReadersTurn = false;
            if (_readers > 0 || _waitingWriters.IsEmpty)
                return null;
            _isWritten = true;
            return _waitingWriters.RemoveFirst();
        }

        private protected override bool TryGiveBack(int wish)
        {
            if (wish == Write ? !_isWritten : _readers == 0)
                return false;
            if (wish == Read)
                _readers--;
            else
                (_isWritten, _isReadersTurn) = (false, true);
            return true;
        }

        private protected override ref WaiterList<LineWaiter> ListFor(int wish) =>
            ref wish == Read ? ref _waitingReaders : ref _waitingWriters;

        private protected override void DropLeft()
        {
            DropLeftIn(ref _waitingReaders);
            DropLeftIn(ref _waitingWriters);
        }
    }
}
