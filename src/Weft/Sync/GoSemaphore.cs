using System.Diagnostics;
using Weft.Runtime.Running;
using Weft.Sync;
using Weft.Waiting;

namespace Weft;

/// <summary>
/// A number of permits, of which each user takes as many as it needs: Go's <c>semaphore.Weighted</c>. Goroutines wait for them without a
/// thread. Permits belong to nobody: another goroutine or thread may release them.
/// </summary>
/// <remarks>
/// <para>
/// <b>First come, first served.</b> While a waiter waits, no newcomer gets a permit, even if enough are free: a waiter that needs many does
/// not starve.
/// </para>
/// <para>
/// All members may be used from any thread, inside goroutines and outside. They allocate nothing once there were as many waiters as there
/// are now; a wait that can be cancelled may.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// private readonly GoSemaphore _memory = new(megabytes);
///
/// public async Task LoadAsync(Image image)
/// {
///     using (await _memory.AcquireAsync(image.Megabytes))
///         await ConvertAsync(image);
/// }
/// </code>
/// </example>
[DebuggerDisplay("{DebugText,nq}")]
public sealed class GoSemaphore
{
    private readonly Line _line;

    private string DebugText => $"{FreePermits} of {Permits} free{(_line.HasWaiters ? ", others wait" : "")}";

    /// <summary>Makes a semaphore whose permits are all free.</summary>
    /// <param name="permits">How many permits there are; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="permits"/> is less than 1.</exception>
    public GoSemaphore(int permits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(permits, 1);
        Permits = permits;
        _line = new Line(this);
    }

    /// <summary>How many permits there are, free or taken.</summary>
    public int Permits { get; }

    /// <summary>How many permits nobody has, at this moment.</summary>
    public int FreePermits => _line.Free;

    /// <summary>Takes permits; waits for them without a thread if need be. Await it at once: nothing waits before it is awaited.</summary>
    /// <param name="permits">How many: from 1 to <see cref="Permits"/>.</param>
    /// <param name="cancellationToken">Ends the wait with an <see cref="OperationCanceledException"/>; no permit is then taken.</param>
    /// <returns>Awaited, gives what releases the permits when it is disposed.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="permits"/> is out of range.</exception>
    public LockAwaitable<Releaser> AcquireAsync(int permits = 1, CancellationToken cancellationToken = default)
    {
        Check(permits);
        return _line.AcquireAsync(permits, new Releaser(this, permits), cancellationToken);
    }

    /// <summary>Takes permits, and blocks the calling thread until then; a goroutine's processor goes on to another thread.</summary>
    /// <param name="permits">How many: from 1 to <see cref="Permits"/>.</param>
    /// <param name="cancellationToken">Ends the wait with an <see cref="OperationCanceledException"/>; no permit is then taken.</param>
    /// <returns>Releases the permits when it is disposed.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="permits"/> is out of range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before there were enough.</exception>
    /// <exception cref="ThreadInterruptedException">The thread was interrupted before there were enough; none is then taken.</exception>
    public Releaser Acquire(int permits = 1, CancellationToken cancellationToken = default)
    {
        Check(permits);
        _line.Acquire(permits, cancellationToken);
        return new Releaser(this, permits);
    }

    /// <summary>Takes permits if that is possible at once; <see cref="Release"/> undoes it.</summary>
    /// <param name="permits">How many: from 1 to <see cref="Permits"/>.</param>
    /// <returns>Whether the caller has them now. False also while a waiter waits.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="permits"/> is out of range.</exception>
    public bool TryAcquire(int permits = 1)
    {
        Check(permits);
        return _line.TryAcquire(permits);
    }

    /// <summary>
    /// Gives permits back that were taken with <see cref="TryAcquire"/>, or whose <see cref="Releaser"/> is not disposed.
    /// </summary>
    /// <param name="permits">How many: from 1 to <see cref="Permits"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="permits"/> is out of range.</exception>
    /// <exception cref="SemaphoreFullException">Fewer permits than that are taken; nothing is released.</exception>
    public void Release(int permits = 1)
    {
        Check(permits);
        if (!_line.Release(permits))
            throw new SemaphoreFullException($"{nameof(GoSemaphore)}.{nameof(Release)}: fewer than {permits} permits are taken.");
    }

    private void Check(int permits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(permits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(permits, Permits);
    }

    /// <summary>Releases permits. Disposing it twice does nothing the second time for the same variable.</summary>
    public struct Releaser : IDisposable
    {
        private readonly int _permits;
        private GoSemaphore? _semaphore;

        internal Releaser(GoSemaphore semaphore, int permits) => (_semaphore, _permits) = (semaphore, permits);

        /// <summary>Releases what was taken.</summary>
        /// <exception cref="SemaphoreFullException">The permits were released otherwise meanwhile.</exception>
        public void Dispose()
        {
            GoSemaphore? semaphore = _semaphore;
            _semaphore = null;
            semaphore?.Release(_permits);
        }
    }

    /// <summary>The policy: a wish is a number of permits.</summary>
    private sealed class Line(GoSemaphore owner) : GrantLine<Releaser>(WaitReason.Semaphore)
    {
        private WaiterList<LineWaiter> _waiters;
        private int _free = owner.Permits;

        internal bool HasWaiters => !_waiters.IsEmpty;

        internal int Free => Volatile.Read(ref _free);

        public override Releaser ReleaserFor(LineWaiter waiter) => new(owner, waiter.Wish);

        private protected override bool TryTake(int wish)
        {
            if (!_waiters.IsEmpty || wish > _free)
                return false;
            _free -= wish;
            return true;
        }

        private protected override LineWaiter? TakeNext()
        {
            if (_waiters.First is not LineWaiter first || first.Wish > _free)
                return null;
            _free -= first.Wish;
            return _waiters.RemoveFirst();
        }

        private protected override bool TryGiveBack(int wish)
        {
            if (wish > owner.Permits - _free)
                return false;
            _free += wish;
            return true;
        }

        private protected override ref WaiterList<LineWaiter> ListFor(int wish) => ref _waiters;

        private protected override void DropLeft() => DropLeftIn(ref _waiters);
    }
}
