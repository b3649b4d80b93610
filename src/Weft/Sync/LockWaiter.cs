using Weft.Runtime.Core;
using Weft.Runtime.Host;
using Weft.Runtime.Running;
using Weft.Waiting;

namespace Weft.Sync;

/// <summary>
/// One wait for a <see cref="GoLock"/>, asynchronous or blocking; used again and again. Being a work item, it goes through a goroutine's
/// mailbox without an allocation.
/// </summary>
/// <remarks>
/// Between <see cref="Begin"/> and <see cref="End"/> it belongs to one wait. What is written before it enters the list is read by whoever
/// takes it out, under the lock's gate. Then it is the waiter's own again, until it enters the list once more.
/// </remarks>
internal sealed partial class LockWaiter : WorkItem, IWaiter<LockWaiter>, IThreadPoolWorkItem
{
    private readonly GoLock _lock;

    // An Action, a frame to be resumed on its goroutine, or what a ValueTask is awaited with: an Action<object?>, which is given State.
    private object? _continuation;

    // Where the continuation is to run: a goroutine, another SynchronizationContext, a TaskScheduler, or null for the pool.
    private object? _context;

    private CancellationToken _token;
    private CancellationTokenRegistration _registration;
    private BlockingSignal? _signal;
    private bool _blocks;
    private WaitOutcome _outcome;

    internal LockWaiter(GoLock owner)
    {
        _lock = owner;
        Action = new Action<object?>(Run);
    }

    public LockWaiter? Previous { get; set; }

    public LockWaiter? Following { get; set; }

    public bool IsListed { get; set; }

    /// <summary>When the wait began, in nanoseconds.</summary>
    internal long Since { get; set; }

    internal bool IsCancellationRequested => _token.IsCancellationRequested;

    /// <summary>Starts a wait that will be awaited.</summary>
    internal void Begin(CancellationToken token) => _token = token;

    /// <summary>Starts a wait of the calling thread.</summary>
    internal void BeginBlocking(CancellationToken token)
    {
        _token = token;
        _blocks = true;
        _signal ??= new BlockingSignal();
    }

    /// <summary>Before the waiter enters the list.</summary>
    internal void PrepareToWait()
    {
        if (_blocks)
            _signal!.Reset();
    }

    /// <summary>Sleeps until woken.</summary>
    /// <exception cref="OperationCanceledException">The token is cancelled.</exception>
    /// <exception cref="ThreadInterruptedException">The thread was interrupted.</exception>
    /// <remarks>If it was woken before it threw, the wake-up may be on its way: see <see cref="AwaitWakeUp"/>.</remarks>
    internal void Block() => _signal!.Wait(_token);

    /// <summary>Waits for a wake-up that is certain to come. Until then the waiter must not be used for anything else.</summary>
    /// <returns>Whether the thread was interrupted meanwhile; then that is still to be told.</returns>
    internal bool AwaitWakeUp() => _signal!.WaitUninterrupted();

    /// <summary>Has the waiter try again. False when it never will, as its scheduler was disposed.</summary>
    internal bool Wake()
    {
        if (_blocks)
        {
            _signal!.Set();
            return true;
        }

        if (_context is Goroutine { Engine.IsStopped: true } goroutine)
        {
            goroutine.Engine.Refuse(goroutine);
            return false;
        }

        // Once it is posted, the waiter may be in use for another wait.
        Post();
        return true;
    }

    /// <summary>The wait's outcome, asked for by the one who awaited it.</summary>
    internal GoLock.Releaser GetResult(short version)
    {
        CheckVersion(version);
        WaitOutcome outcome = _outcome;
        CancellationToken token = _token;
        if (outcome == WaitOutcome.Waiting)
            throw new InvalidOperationException("A lock operation has no result before it has ended.");
        _lock.Return(this);
        if (outcome == WaitOutcome.Cancelled)
            throw new OperationCanceledException(token);
        return new GoLock.Releaser(_lock);
    }

    /// <summary>Forgets the wait. False when a cancellation may still be about to look at it, so that it must not be used again.</summary>
    internal bool End()
    {
        bool reusable = _blocks || !_token.CanBeCanceled || _registration.Unregister();
        _version++;
        _continuation = null;
        _context = null;
        _token = default;
        _registration = default;
        _blocks = false;
        _outcome = WaitOutcome.Waiting;
        State = null;
        return reusable;
    }

    void IThreadPoolWorkItem.Execute() => Run(null);

    /// <summary>Runs where the continuation is to run: the waiter was woken, or its wait is over.</summary>
    private void Run(object? box)
    {
        if (_outcome == WaitOutcome.Waiting && !TryAgain())
            return;
        if (_continuation is Action action)
            action();
        else if (_continuation is BodyFrame frame)
            frame.Resume();
        else
            ((Action<object?>)_continuation!)(State);
    }

    private bool TryAgain()
    {
        if (_lock.TryTakeWoken(this))
        {
            _outcome = WaitOutcome.Done;
            return true;
        }

        return !TryEnqueue(woken: true);
    }

    /// <summary>True when the waiter has entered the list. Off goroutines it may be woken and used again before this returns.</summary>
    private bool TryEnqueue(bool woken)
    {
        // A goroutine goes on only when its machine is done with this item, so its waiter may be looked at afterwards.
        bool onGoroutine = _context is Goroutine goroutine && goroutine == Machine.CurrentGoroutine;
        WaitOutcome outcome = _lock.TryEnqueue(this, woken);
        if (outcome != WaitOutcome.Waiting)
            _outcome = outcome;
        if (onGoroutine)
            Machine.NoteWait(_lock.ReasonFor(_token), State);
        return outcome == WaitOutcome.Waiting;
    }

    /// <summary>It has the lock, or was woken for it, and its goroutine never runs again.</summary>
    internal override void OnNeverRun()
    {
        if (_outcome == WaitOutcome.Waiting)
            _lock.WakeNext();
        else if (_outcome == WaitOutcome.Done)
            _lock.Unlock();
    }

    private void Cancel()
    {
        if (!_lock.TryRemove(this))
            return;
        _outcome = WaitOutcome.Cancelled;
        Post();
    }

    private void Post()
    {
        if (_context is Goroutine goroutine)
            goroutine.Resume(this);
        else if (_context is null)
            CleanThread.QueueToPool(this);
        else
            WaitContext.Post(_context, (Action<object?>)Action!, State);
    }
}
