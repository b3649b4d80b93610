using System.ComponentModel;
using System.Runtime.CompilerServices;
using Weft.Groups;

namespace Weft;

/// <summary>What <see cref="GoLock.LockAsync"/> returns: awaiting it gives the lock. Await it once, at once.</summary>
public readonly struct LockAwaitable
{
    private readonly GoLock _lock;

    // Null when the lock is taken already.
    private readonly LockWaiter? _waiter;

    internal LockAwaitable(GoLock owner, LockWaiter? waiter)
    {
        _lock = owner;
        _waiter = waiter;
    }

    /// <summary>Makes <c>await</c> work.</summary>
    public Awaiter GetAwaiter() => new(_lock, _waiter);

    /// <summary>The same as a task, to combine it with others; it is waited for from now on.</summary>
    public async Task<GoLock.Releaser> AsTask() => await this;

    /// <summary>Awaits the lock; used by the compiler.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public readonly struct Awaiter : ICriticalNotifyCompletion
    {
        private readonly GoLock _lock;
        private readonly LockWaiter? _waiter;

        internal Awaiter(GoLock owner, LockWaiter? waiter)
        {
            _lock = owner;
            _waiter = waiter;
        }

        /// <summary>Whether the lock was free.</summary>
        public bool IsCompleted => _waiter is null;

        /// <summary>What unlocks.</summary>
        /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
        public GoLock.Releaser GetResult() => _waiter is null ? new GoLock.Releaser(_lock) : _waiter.GetResult();

        /// <inheritdoc/>
        public void OnCompleted(Action continuation)
        {
            ArgumentNullException.ThrowIfNull(continuation);
            if (ExecutionContext.Capture() is ExecutionContext context)
            {
                Action inner = continuation;
                continuation = () => ExecutionContext.Run(context, static a => ((Action)a!)(), inner);
            }

            _waiter!.Await(continuation);
        }

        /// <inheritdoc/>
        public void UnsafeOnCompleted(Action continuation)
        {
            ArgumentNullException.ThrowIfNull(continuation);
            _waiter!.Await(continuation);
        }
    }
}
