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

    /// <summary>Called when a wait that has not failed returns to the one who waited; may throw.</summary>
    void OnReturning(WaitOperation operation);
}

/// <summary>
/// One wait, awaited through a <see cref="ValueTask"/> or blocking; used once. Whoever makes it puts it into a list, then ends it once.
/// </summary>
/// <remarks>
/// The wait may end before it is awaited. Both sides change <see cref="_phase"/>: the end leaves Ended, and posts the continuation if it
/// found Awaited; the await goes from Begun to Awaited, or posts the continuation itself if it finds Ended.
/// </remarks>
internal class WaitOperation : WorkItem, IValueTaskSource, IWaiter<WaitOperation>
{
    private const int Begun = 0;
    private const int Awaited = 1;
    private const int Ended = 2;

    private readonly IWaitQueue _queue;
    private readonly WaitReason _reason;
    private readonly CancellationToken _token;
    private readonly CancellationTokenRegistration _registration;
    private readonly BlockingSignal? _signal;
    private object? _context;
    private int _phase;

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
        Volatile.Read(ref _phase) == Awaited && _context is Goroutine goroutine && goroutine.Home == home;

    internal bool IsCancellationRequested => _token.IsCancellationRequested;

    /// <summary>Whether the goroutine that awaits it never runs again.</summary>
    internal bool IsLeftBehind => _context is Goroutine { Engine.IsStopped: true };

    internal ValueTask Task => new(this, 0);

    /// <summary>The wait is over. Called once, by the one who took the operation out of the list, or never put it there.</summary>
    /// <param name="failure">What the one who waited gets, or null.</param>
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

        GetResult(0);
    }

    public ValueTaskSourceStatus GetStatus(short token) =>
        Volatile.Read(ref _phase) != Ended ? (Action is null ? ValueTaskSourceStatus.Pending : throw Misuse.AwaitedTwice("wait"))
        : _failure is null ? ValueTaskSourceStatus.Succeeded
        : _failure is OperationCanceledException ? ValueTaskSourceStatus.Canceled
        : ValueTaskSourceStatus.Faulted;

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        if (Action is not null)
            throw Misuse.AwaitedTwice("wait");
        if ((flags & ValueTaskSourceOnCompletedFlags.FlowExecutionContext) != 0)
            FlowedContinuation.Replace(ref continuation, ref state);
        if ((flags & ValueTaskSourceOnCompletedFlags.UseSchedulingContext) != 0)
            _context = WaitContext.Capture();
        if (_context is Goroutine goroutine && goroutine == Machine.CurrentGoroutine)
            Machine.NoteWait(_reason, state);
        State = state;
        Action = continuation;
        if (Interlocked.CompareExchange(ref _phase, Awaited, Begun) != Begun)
            Post();
    }

    public void GetResult(short token)
    {
        if (Volatile.Read(ref _phase) != Ended)
            throw new InvalidOperationException("A wait has no result before it has ended.");
        _registration.Unregister();
        if (_failure is not null)
            ExceptionDispatchInfo.Throw(_failure);
        _queue.OnReturning(this);
    }

    private void Cancel()
    {
        if (_queue.TryRemove(this))
            EndCancelled();
    }

    private void Post()
    {
        if (_context is Goroutine goroutine)
            goroutine.Resume(this);
        else
            WaitContext.Post(_context, (Action<object?>)Action!, State);
    }
}
