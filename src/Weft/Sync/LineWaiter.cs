using System.Threading.Tasks.Sources;
using Weft.Runtime.Core;
using Weft.Runtime.Host;
using Weft.Runtime.Running;
using Weft.Waiting;

namespace Weft.Sync;

/// <summary>
/// One wait in an <see cref="IWaitLine"/>, asynchronous or blocking; used again and again. It comes into the line when it is awaited: an
/// awaitable that nobody awaits holds nothing up.
/// </summary>
/// <remarks>
/// Between its beginning (<see cref="Begin"/>) and <see cref="End"/> it belongs to one wait. What is written before it enters the line is
/// read by the caller that takes it out, under the line's gate. From then on it is the waiter's own, until it enters the line once more.
/// </remarks>
internal abstract class LineWaiter : PlacedWait, IWaiter<LineWaiter>
{
    private readonly IWaitLine _line;
    private readonly Action<object?> _run;

    // What goes on after the wait: an Action, a frame, or an Action<object?>, which is given State. While it waits, Action is _run.
    private object? _continuation;

    private CancellationTokenRegistration _registration;
    private BlockingSignal? _signal;
    private Outcome _outcome;

    private protected LineWaiter(IWaitLine line)
    {
        _line = line;
        _run = Run;
    }

    public LineWaiter? Previous { get; set; }

    public LineWaiter? Following { get; set; }

    public bool IsListed { get; set; }

    /// <summary>When the wait began, in nanoseconds; for lines that want to know.</summary>
    internal long Since { get; set; }

    /// <summary>How much it waits for, or which of several things: a number that the line gives a meaning.</summary>
    internal int Wish { get; private set; }

    /// <summary>It is a thread that waits, in <see cref="WaitHere"/>.</summary>
    internal bool Blocks { get; private set; }

    internal CancellationToken Token { get; private set; }

    /// <summary>Whether it must not begin to wait, or to wait again.</summary>
    internal virtual bool IsCancellationRequested => Token.IsCancellationRequested;

    private protected sealed override Outcome OutcomeSoFar => _outcome;

    /// <summary>Starts a wait that will be awaited.</summary>
    internal void Begin(int wish, CancellationToken token)
    {
        Wish = wish;
        Token = token;
    }

    /// <summary>Starts a wait of the calling thread.</summary>
    internal void BeginBlocking(int wish, CancellationToken token)
    {
        Begin(wish, token);
        Blocks = true;
        _signal ??= new BlockingSignal();
    }

    /// <summary>Before the waiter enters the line.</summary>
    internal void PrepareToWait()
    {
        if (Blocks)
            _signal!.Reset();
    }

    /// <summary>Waits in the line with the calling thread, after <see cref="BeginBlocking"/>; ends the use of the waiter.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    /// <exception cref="ThreadInterruptedException">The thread was interrupted first.</exception>
    internal void WaitHere()
    {
        CancellationToken token = Token;

        // Interrupted when it had been woken already: it may still get what it waits for, and then the interrupt meets the next wait, here
        // or elsewhere.
        bool isInterrupted = false;
        Outcome outcome = _line.TryEnter(this);
        while (outcome == Outcome.Pending)
        {
            if (isInterrupted)
            {
                isInterrupted = false;
                Thread.CurrentThread.Interrupt();
            }

            try
            {
                _signal!.Wait(token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or ThreadInterruptedException)
            {
                if (_line.TryRemove(this))
                {
                    _line.Return(this);
                    throw;
                }

                isInterrupted = _signal!.WaitUninterrupted() | exception is ThreadInterruptedException;
            }

            outcome = _line.OnWoken(this);
        }

        _line.Return(this);
        if (isInterrupted)
            Thread.CurrentThread.Interrupt();
        if (outcome == Outcome.Cancelled)
            throw new OperationCanceledException(token);
    }

    /// <summary>
    /// For the line: the waiter has what it waited for. False when it never runs again, as its scheduler was disposed: then the line has it
    /// back.
    /// </summary>
    internal bool Grant()
    {
        _outcome = Outcome.Done;
        return Wake();
    }

    /// <summary>For the line: has the waiter look whether it has what it waits for. False as for <see cref="Grant"/>.</summary>
    internal bool Wake()
    {
        if (Blocks)
        {
            _signal!.Set();
            return true;
        }

        if (IsLeftBehind)
        {
            AwaitingGoroutine!.Engine.Refuse(AwaitingGoroutine);
            return false;
        }

        // Once it is posted, the waiter may be in use for another wait.
        PostAsMail();
        return true;
    }

    /// <summary>
    /// For a line whose <see cref="Wake"/> said no, and which has nothing to take back: the waiter passes on what it has from elsewhere.
    /// </summary>
    internal virtual void OnDropped()
    {
    }

    /// <summary>Forgets the wait. False when a cancellation may still be about to look at it, so that it must not be used again.</summary>
    internal virtual bool End()
    {
        bool isReusable = Blocks || !Token.CanBeCanceled || _registration.Unregister();
        Forget();
        _continuation = null;
        Token = default;
        _registration = default;
        Blocks = false;
        _outcome = Outcome.Pending;
        return isReusable;
    }

    /// <summary>Its outcome, for the awaiter that asks for it. The waiter may be in use for another wait afterwards.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    private protected void EndAwait(short version)
    {
        Outcome outcome = TakeOutcome(_outcome, version);
        CancellationToken token = Token;
        _line.Return(this);
        if (outcome == Outcome.Cancelled)
            throw new OperationCanceledException(token);
    }

    private protected sealed override void BeginWait(object? origin, bool isByCaller)
    {
        _continuation = Action;
        Action = _run;
        if (AwaitingGoroutine is null)
            _line.NoteOutside();

        // Before the waiter enters the line: off goroutines, it may be woken and used again before this returns. A cancellation that comes
        // too early for the line is seen on entering it.
        if (Token.CanBeCanceled)
            _registration = Token.UnsafeRegister(static w => ((LineWaiter)w!).Cancel(), this);
        if (!HasEnded(_line.TryEnter(this), isByCaller))
            return;
        PostAsMail();
    }

    /// <summary>The waiter was taken out of the line because of its token, and ends with that.</summary>
    private protected virtual void EndCancelled()
    {
        _outcome = Outcome.Cancelled;
        PostAsMail();
    }

    /// <summary>It has what it waited for, or was woken for it, and its goroutine never runs again.</summary>
    internal sealed override void OnNeverRun()
    {
        if (_outcome is Outcome.Pending or Outcome.Done)
            _line.PassOn(this, _outcome);
    }

    /// <summary>Runs where the continuation is to run: the waiter was woken, or its wait is over.</summary>
    private void Run(object? state)
    {
        if (_outcome == Outcome.Pending)
        {
            bool isByCaller = AwaitingGoroutine is Goroutine own && own == Machine.CurrentGoroutine;
            if (!HasEnded(_line.OnWoken(this), isByCaller))
                return;
        }

        if (_continuation is Action action)
            action();
        else if (_continuation is BodyFrame frame)
            frame.Resume();
        else
            ((Action<object?>)_continuation!)(state);
    }

    /// <summary>
    /// Notes what the line says. If that is Pending, only the waiter of a calling goroutine may be looked at: such a goroutine goes on no
    /// sooner than its machine is done with the current item.
    /// </summary>
    private bool HasEnded(Outcome outcome, bool isByCaller)
    {
        if (outcome != Outcome.Pending)
            _outcome = outcome;
        if (isByCaller)
            Machine.NoteWait(_line.ReasonFor(this), State);
        return outcome != Outcome.Pending;
    }

    private void Cancel()
    {
        if (_line.TryRemove(this))
            EndCancelled();
    }
}

/// <inheritdoc/>
/// <typeparam name="TReleaser">What gives back what was waited for.</typeparam>
internal sealed class LineWaiter<TReleaser>(IWaitLine<TReleaser> line) : LineWaiter(line), IValueTaskSource<TReleaser>
{
    internal TReleaser GetResult(short version)
    {
        TReleaser releaser = line.ReleaserFor(this);
        EndAwait(version);
        return releaser;
    }

    TReleaser IValueTaskSource<TReleaser>.GetResult(short token) => GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<TReleaser>.GetStatus(short token) => Status(token);

    void IValueTaskSource<TReleaser>.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags) =>
        Await(continuation, state, token, flags);
}
