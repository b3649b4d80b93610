using System.Threading.Tasks.Sources;
using Weft.Runtime.Core;
using Weft.Runtime.Host;
using Weft.Runtime.Running;
using Weft.Runtime.Timers;

namespace Weft.Waiting;

/// <summary>
/// One sleep, awaited through a <see cref="SleepAwaitable"/> or a <see cref="ValueTask"/>. A goroutine keeps one and uses it again and
/// again; a second sleep at the same time, one outside goroutines, and one that can be cancelled (<see cref="CancellableSleep"/>) get their
/// own.
/// </summary>
/// <remarks>
/// <para>
/// The sleep's end is fixed when it is asked for, but the timer is set only when somebody awaits, so the continuation is always known when
/// the timer fires, and the two need no hand-shake.
/// </para>
/// <para>
/// States: <c>Free</c>, <c>Created</c> (asked for), <c>Armed</c> (awaited, in the heap), <c>Fired</c> or <c>Cancelled</c> (the continuation
/// is on its way). The timer and a cancellation both try to leave Armed by compare-and-swap; the one that does resumes the sleeper. A
/// cancellation that comes before the await moves Created to Cancelled, and the await then resumes at once. Only a sleep that fired is used
/// again: a cancelled one may still be in the heap.
/// </para>
/// </remarks>
internal class SleepOperation(Engine engine) : IValueTaskSource, ITimerTarget
{
    private protected const int Free = 0;
    private protected const int Created = 1;
    private protected const int Armed = 2;
    private protected const int Fired = 3;
    private protected const int Cancelled = 4;

    /// <summary>The end of a sleep of no length: a turn of the others.</summary>
    internal const long AtOnce = 0;

    private protected int _state;
    private short _version;

    // Set at Created; long.MaxValue for ever, AtOnce for no time at all.
    private long _due;

    // Set before Armed, read after it. Where the sleeper goes on: see WaitContext.
    private object? _context;

    // A frame or an Action for its goroutine, or an Action<object?>, which is given _continuationState.
    private object? _continuation;
    private object? _continuationState;

    TimerEntryState ITimerTarget.EntryState { get; set; }

    /// <summary>What an awaitable over this use of the operation needs to know.</summary>
    internal short Version => _version;

    /// <summary>For an awaiter, before the wait begins: whether there is nothing to wait for.</summary>
    /// <exception cref="InvalidOperationException">It is awaited, or was.</exception>
    internal bool HasEnded(short token)
    {
        Check(token);
        if (_continuation is not null)
            throw Misuse.AwaitedTwice();
        return Volatile.Read(ref _state) is Fired or Cancelled;
    }

    /// <summary>What a sleep without end counts as; see <see cref="WaitReasons.OnlyGoroutinesWake"/>.</summary>
    private protected virtual WaitReason ReasonForEver => WaitReason.SleepForever;

    /// <summary>
    /// Makes a free operation ready to be awaited; false when it is in use. Only the goroutine that keeps it may call this.
    /// </summary>
    internal bool TryBegin(long due)
    {
        if (Volatile.Read(ref _state) != Free)
            return false;
        _due = due;
        _state = Created;
        return true;
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token)
    {
        Check(token);
        return Volatile.Read(ref _state) switch
        {
            Fired => ValueTaskSourceStatus.Succeeded,
            Cancelled => ValueTaskSourceStatus.Canceled,
            _ when _continuation is not null => throw Misuse.AwaitedTwice(),
            _ => ValueTaskSourceStatus.Pending,
        };
    }

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        if ((flags & ValueTaskSourceOnCompletedFlags.FlowExecutionContext) != 0)
            FlowedContinuation.Replace(ref continuation, ref state);
        bool comesBack = (flags & ValueTaskSourceOnCompletedFlags.UseSchedulingContext) != 0;
        Await(continuation, state, state, comesBack ? WaitContext.Capture() : null, token);
    }

    void IValueTaskSource.GetResult(short token) => End(token);

    /// <summary>For the awaiter of our own: <paramref name="continuation"/> runs where the await began.</summary>
    internal void Await(Action continuation, short token)
    {
        if (SynchronizationContext.Current is Goroutine goroutine)
            Await(continuation, null, continuation, goroutine, token);
        else
            Await(WaitSource.Invoke, continuation, null, WaitContext.Capture(), token);
    }

    /// <summary>The same for a body.</summary>
    internal void Suspend(BodyFrame frame, short token)
    {
        try
        {
            if (SynchronizationContext.Current is Goroutine goroutine)
                Await(frame, null, frame, goroutine, token);
            else
                Await(WaitSource.Invoke, frame.Continuation, null, WaitContext.Capture(), token);
        }
        catch (InvalidOperationException e)
        {
            frame.EndUnresumed(e);
        }
    }

    /// <param name="continuation">What to run.</param>
    /// <param name="state">What it is given.</param>
    /// <param name="box">What tells whether it is the goroutine's body that waits.</param>
    /// <param name="context">Where to run it; see <see cref="WaitContext"/>.</param>
    /// <param name="token">The use of the operation that is awaited.</param>
    private void Await(object continuation, object? state, object? box, object? context, short token)
    {
        Check(token);
        if (_continuation is not null)
            throw Misuse.AwaitedTwice();
        _context = context;
        if (context is Goroutine goroutine && goroutine == Machine.CurrentGoroutine)
        {
            if (_due == AtOnce && Interlocked.CompareExchange(ref _state, Fired, Created) == Created)
            {
                _continuation = continuation;
                Machine.NoteWait(WaitReason.Yield, box);
                goroutine.YieldWith(continuation, state);
                return;
            }

            Machine.NoteWait(_due == long.MaxValue ? ReasonForEver : WaitReason.Sleep, box);
        }

        _continuationState = state;
        _continuation = continuation;
        if (Interlocked.CompareExchange(ref _state, Armed, Created) != Created)
            Resume(); // cancelled before it was awaited
        else if (_due != long.MaxValue)
            Arm(engine, _due);
    }

    /// <summary>The sleeper is back: the end of this use.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    internal void End(short token)
    {
        Check(token);
        int state = Volatile.Read(ref _state);
        if (state is not (Fired or Cancelled))
            throw new InvalidOperationException("A sleep has no result before it has ended.");
        _version++;
        _continuation = null;
        _continuationState = null;
        _context = null;
        OnEnded();
        if (state == Cancelled)
            ThrowCancelled();
        Volatile.Write(ref _state, Free);
    }

    void ITimerTarget.Fire()
    {
        if (Interlocked.CompareExchange(ref _state, Fired, Armed) == Armed)
            Resume();
    }

    /// <summary>
    /// Sets the timer. It may fire before this returns, and the operation be used again: nothing of it may be touched afterwards.
    /// </summary>
    private protected virtual void Arm(Engine engine, long due) => engine.AddTimer(due, this);

    /// <summary>The sleeper is awake and asks for the outcome.</summary>
    private protected virtual void OnEnded()
    {
    }

    private protected virtual void ThrowCancelled() => throw new OperationCanceledException();

    private protected void Resume()
    {
        object continuation = _continuation!;
        object? state = _continuationState;
        if (_context is Goroutine goroutine)
            goroutine.PostContinuation(continuation, state);
        else
            WaitContext.Post(_context, (Action<object?>)continuation, state);
    }

    private void Check(short token)
    {
        if (token != _version)
            throw Misuse.AwaitedTwice();
    }
}
