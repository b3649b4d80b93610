using System.ComponentModel;
using System.Runtime.CompilerServices;
using Weft.Runtime.Host;
using Weft.Runtime.Running;
using Weft.Sync;
using Weft.Waiting;

namespace Weft;

/// <summary>
/// What <see cref="GoLock.LockAsync"/> and its like return: awaiting it gives the lock. Await it once, at once: nothing waits before it is
/// awaited. It converts to a <see cref="ValueTask{T}"/>.
/// </summary>
/// <typeparam name="TReleaser">What gives the lock back when it is disposed.</typeparam>
public readonly struct LockAwaitable<TReleaser>
    where TReleaser : struct, IDisposable
{
    // Of a lock that is taken already.
    private readonly TReleaser _releaser;

    // Null when the lock is taken already.
    private readonly LineWaiter<TReleaser>? _waiter;
    private readonly short _version;

    internal LockAwaitable(TReleaser releaser)
    {
        _releaser = releaser;
        _version = Misuse.Ready;
    }

    internal LockAwaitable(LineWaiter<TReleaser> waiter)
    {
        _waiter = waiter;
        _version = waiter.Version;
    }

    private TReleaser Releaser
    {
        get
        {
            Misuse.CheckReady(_version, nameof(LockAwaitable<>));
            return _releaser;
        }
    }

    /// <summary>Makes <c>await</c> work.</summary>
    public Awaiter GetAwaiter() => new(this);

    /// <summary>As <see cref="ValueTask{T}.ConfigureAwait"/>.</summary>
    /// <param name="continueOnCapturedContext">Whether to go on where the await began: on its goroutine, if there is one.</param>
    public ConfiguredValueTaskAwaitable<TReleaser> ConfigureAwait(bool continueOnCapturedContext) =>
        AsValueTask().ConfigureAwait(continueOnCapturedContext);

    /// <summary>The same as a task, to combine it with others; it is waited for from now on, as by somebody outside goroutines.</summary>
    public Task<TReleaser> AsTask() => AsValueTask().AsTask();

    /// <summary>The same as a <see cref="ValueTask{T}"/>; use that instead from then on. Nothing waits before it is awaited.</summary>
    public ValueTask<TReleaser> AsValueTask() =>
        _waiter is null ? new ValueTask<TReleaser>(Releaser) : new ValueTask<TReleaser>(_waiter, _version);

    /// <summary>As <see cref="AsValueTask"/>.</summary>
    /// <param name="locking">The wait for the lock.</param>
    public static implicit operator ValueTask<TReleaser>(LockAwaitable<TReleaser> locking) => locking.AsValueTask();

    /// <summary>Awaits the lock; used by the compiler.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public readonly struct Awaiter : ICriticalNotifyCompletion, IGoroutineAwaiter
    {
        private readonly LockAwaitable<TReleaser> _locking;

        internal Awaiter(LockAwaitable<TReleaser> locking) => _locking = locking;

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
        public TReleaser GetResult() => _locking._waiter is null ? _locking.Releaser : _locking._waiter.GetResult(_locking._version);

        /// <inheritdoc/>
        public void OnCompleted(Action continuation)
        {
            ArgumentNullException.ThrowIfNull(continuation);
            _locking._waiter!.Await(FlowedContinuation.Of(continuation), _locking._version);
        }

        /// <inheritdoc/>
        public void UnsafeOnCompleted(Action continuation)
        {
            ArgumentNullException.ThrowIfNull(continuation);
            _locking._waiter!.Await(continuation, _locking._version);
        }

        void IGoroutineAwaiter.Suspend(BodyFrame frame) => _locking._waiter!.Suspend(frame, _locking._version);
    }
}
