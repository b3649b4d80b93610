using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Sources;
using Weft.Runtime.Core;
using Weft.Runtime.Host;
using Weft.Runtime.Running;
using Weft.Waiting;

namespace Weft.Sync;

/// <summary>Where a <see cref="WaitOperation"/> waits.</summary>
internal interface IWaitQueue
{
    /// <summary>Takes an operation that was cancelled or interrupted out of its list; false if its end is on its way.</summary>
    bool TryRemove(WaitOperation operation);

    /// <summary>Called when a wait that has not failed returns to its waiter; may throw.</summary>
    void OnReturning(WaitOperation operation);
}

/// <summary>
/// One wait, awaited through a <see cref="ValueTask"/> or blocking; used once. Its maker puts it into a list, or ends it at once.
/// </summary>
/// <remarks>
/// <b>A wait that ends before it is awaited goes on.</b>
/// Publisher: the code that ends the wait stores the failure, then exchanges the phase for Ended.
/// Looker: the awaiter stores the continuation, then moves the phase from Begun to Awaited by compare-and-swap.
/// Fences: both are interlocked operations on the phase.
/// Therefore: the second of the two sees what the first has stored, and posts the continuation; the first does not.
/// Model: none; one word decides.
/// </remarks>
internal class WaitOperation : PlacedWait, IValueTaskSource, IWaiter<WaitOperation>
{
    private const int Begun = 0;
    private const int Awaited = 1;
    private const int Ended = 2;

    private readonly IWaitQueue _queue;
    private readonly WaitReason _reason;
    private readonly CancellationToken _token;
    private readonly CancellationTokenRegistration _registration;
    private readonly BlockingSignal? _signal;

    // Set before Ended.
    private Exception? _failure;

    /// <summary>
    /// A cancellation that comes before the operation is in its list does not find it there: look at <see cref="IsCancellationRequested"/>.
    /// </summary>
    internal WaitOperation(IWaitQueue queue, WaitReason reason, bool blocks, CancellationToken token)
    {
        _queue = queue;
        _reason = token.CanBeCanceled ? reason | WaitReason.OrOutside : reason;
        _signal = blocks ? new BlockingSignal() : null;
        _token = token;
        _registration = token.UnsafeRegister(static o => ((WaitOperation)o!).Cancel(), this);
    }

    public WaitOperation? Previous { get; set; }

    public WaitOperation? Following { get; set; }

    public bool IsListed { get; set; }

    /// <summary>Whether it is known to be awaited by a goroutine of that engine. While it is in its list.</summary>
    internal bool IsAwaitedBy(GoroutineHome home) =>
        Volatile.Read(ref _phase) == Awaited && AwaitingGoroutine is Goroutine goroutine && goroutine.Home == home;

    internal bool IsCancellationRequested => _token.IsCancellationRequested;

    internal ValueTask Task => new(this, Version);

    private protected override Outcome OutcomeSoFar =>
        Volatile.Read(ref _phase) != Ended ? Outcome.Pending
        : _failure is null ? Outcome.Done
        : _failure is OperationCanceledException ? Outcome.Cancelled
        : Outcome.Failed;

    /// <summary>The wait is over. Called once, by the code that took the operation out of the list, or never put it there.</summary>
    /// <param name="failure">What the waiter gets, or null.</param>
    internal void End(Exception? failure = null)
    {
        _failure = failure;
        if (Interlocked.Exchange(ref _phase, Ended) == Awaited)
            Post();
        _signal?.Set();
    }

    /// <summary>As <see cref="End"/>, because of the operation's own token.</summary>
    internal void EndCancelled() => End(new OperationCanceledException(_token));

    /// <summary>Instead of <see cref="End"/> and a wait: there is nothing to wait for.</summary>
    internal void Discard() => _registration.Unregister();

    /// <summary>Blocks the calling thread until the end.</summary>
    /// <exception cref="ThreadInterruptedException">The interrupt came first; the wait has left no trace.</exception>
    internal void Block()
    {
        try
        {
            _signal!.Wait(CancellationToken.None);
        }
        catch (ThreadInterruptedException)
        {
            if (_queue.TryRemove(this))
            {
                _registration.Unregister();
                throw;
            }

            // Once the operation has been taken out of its list, its end has been decided on: the interrupt comes too late, and meets the
            // next wait.
            _signal!.WaitUninterrupted();
            Thread.CurrentThread.Interrupt();
        }

        GetResult(Version);
    }

    public ValueTaskSourceStatus GetStatus(short token) => Status(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        Await(continuation, state, token, flags);

    public void GetResult(short token)
    {
        TakeOutcome(OutcomeSoFar, token);
        _registration.Unregister();
        if (_failure is not null)
            ExceptionDispatchInfo.Throw(_failure);
        _queue.OnReturning(this);
    }

    private protected override void BeginWait(object? origin, bool isByCaller)
    {
        if (isByCaller)
            Machine.NoteWait(_reason, State);
        if (Interlocked.CompareExchange(ref _phase, Awaited, Begun) != Begun)
            Post();
    }

    private void Cancel()
    {
        if (_queue.TryRemove(this))
            EndCancelled();
    }
}
