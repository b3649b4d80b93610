using System.ComponentModel;
using System.Runtime.CompilerServices;
using Weft.Runtime.Host;
using Weft.Runtime.Running;
using Weft.Sync;
using Weft.Waiting;

namespace Weft;

/// <summary>
/// What <see cref="GoLock.LockAsync"/> returns: awaiting it gives the lock. Await it once, at once. It converts to a
/// <see cref="ValueTask{T}"/>.
/// </summary>
public readonly struct LockAwaitable
{
    private readonly GoLock? _lock;

    // Null when the lock is taken already.
    private readonly LockWaiter? _waiter;
    private readonly short _version;

    internal LockAwaitable(GoLock owner, LockWaiter? waiter)
    {
        _lock = owner;
        _waiter = waiter;
        _version = waiter?.Version ?? 0;
    }

    private GoLock.Releaser Releaser => new(Misuse.NotDefault(_lock, nameof(LockAwaitable)));

    /// <summary>Makes <c>await</c> work.</summary>
    public Awaiter GetAwaiter() => new(this);

    /// <summary>As <see cref="ValueTask{T}.ConfigureAwait"/>.</summary>
    /// <param name="continueOnCapturedContext">Whether to go on where the await began: on its goroutine, if there is one.</param>
    public ConfiguredValueTaskAwaitable<GoLock.Releaser> ConfigureAwait(bool continueOnCapturedContext) =>
        AsValueTask().ConfigureAwait(continueOnCapturedContext);

    /// <summary>The same as a task, to combine it with others; it is waited for from now on, as by somebody outside goroutines.</summary>
    public Task<GoLock.Releaser> AsTask() => AsValueTask().AsTask();

    /// <summary>The same as a <see cref="ValueTask{T}"/>; use that instead from then on. Nothing waits before it is awaited.</summary>
    public ValueTask<GoLock.Releaser> AsValueTask() =>
        _waiter is null ? new ValueTask<GoLock.Releaser>(Releaser) : new ValueTask<GoLock.Releaser>(_waiter, _version);

    /// <summary>As <see cref="AsValueTask"/>.</summary>
    /// <param name="locking">The wait for the lock.</param>
    public static implicit operator ValueTask<GoLock.Releaser>(LockAwaitable locking) => locking.AsValueTask();

    /// <summary>Awaits the lock; used by the compiler.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public readonly struct Awaiter : ICriticalNotifyCompletion, IGoroutineAwaiter
    {
        private readonly LockAwaitable _locking;

        internal Awaiter(LockAwaitable locking) => _locking = locking;

        /// <summary>Whether the lock was free.</summary>
        /// <exception cref="InvalidOperationException">It is awaited already, or was.</exception>
        public bool IsCompleted
        {
            get
            {
                if (_locking._waiter is not { } waiter)
                    return true;
                waiter.CheckUnawaited(_locking._version);
                return false;
            }
        }

        /// <summary>What unlocks.</summary>
        /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
        public GoLock.Releaser GetResult() => _locking._waiter is null ? _locking.Releaser : _locking._waiter.GetResult(_locking._version);

        /// <inheritdoc/>
        public void OnCompleted(Action continuation)
        {
            ArgumentNullException.ThrowIfNull(continuation);
            _locking._waiter!.Await(FlowedContinuation.Of(continuation));
        }

        /// <inheritdoc/>
        public void UnsafeOnCompleted(Action continuation)
        {
            ArgumentNullException.ThrowIfNull(continuation);
            _locking._waiter!.Await(continuation);
        }

        void IGoroutineAwaiter.Suspend(BodyFrame frame) => _locking._waiter!.Suspend(frame);
    }
}
