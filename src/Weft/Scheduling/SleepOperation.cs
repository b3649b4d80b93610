using System.Threading.Tasks.Sources;

namespace Weft.Scheduling;

/// <summary>
/// One sleep, awaited through a <see cref="ValueTask"/>. A goroutine keeps one and uses it again and again; a second sleep at the same time,
/// or one outside goroutines, gets its own.
/// </summary>
/// <remarks>
/// <para>
/// The sleep's end is fixed when it is asked for, but the timer is set only when somebody awaits, so the continuation is always known when
/// the timer fires, and the two need no hand-shake.
/// </para>
/// <para>
/// States: <c>Free</c>, <c>Created</c> (asked for), <c>Armed</c> (awaited, in the heap), <c>Fired</c> or <c>Cancelled</c> (the continuation is
/// on its way). The timer and the cancellation both try to leave Armed by compare-and-swap; the one that does resumes the sleeper. A
/// cancellation that comes before the await moves Created to Cancelled, and the await then resumes at once.
/// </para>
/// </remarks>
internal sealed class SleepOperation(Engine engine) : IValueTaskSource, ITimerTarget
{
    private const int Free = 0;
    private const int Created = 1;
    private const int Armed = 2;
    private const int Fired = 3;
    private const int Cancelled = 4;

    private int _state;
    private short _version;

    // Set at Created; long.MaxValue for ever.
    private long _due;

    // Set before Armed, read after it.
    private Goroutine? _goroutine;
    private Action<object?>? _continuation;
    private object? _continuationState;
    private ExecutionContext? _context;
    private TimerHeap? _heap;
    private CancellationToken _token;
    private CancellationTokenRegistration _registration;

    bool ITimerTarget.IsCancelled => Volatile.Read(ref _state) == Cancelled;

    /// <summary>Makes a free operation ready to be awaited; false when it is in use.</summary>
    internal bool TryBegin(long due, CancellationToken token)
    {
        if (_state != Free)
            return false;
        _due = due;
        _token = token;
        _state = Created;
        if (token.CanBeCanceled)
            _registration = token.UnsafeRegister(static op => ((SleepOperation)op!).Cancel(), this);
        return true;
    }

    internal ValueTask Task => new(this, _version);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token)
    {
        Check(token);
        return Volatile.Read(ref _state) switch
        {
            Fired => ValueTaskSourceStatus.Succeeded,
            Cancelled => ValueTaskSourceStatus.Canceled,
            _ => ValueTaskSourceStatus.Pending,
        };
    }

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        Check(token);
        if (_continuation is not null)
            throw new InvalidOperationException("A sleep can be awaited once only.");
        _continuation = continuation;
        _continuationState = state;
        if ((flags & ValueTaskSourceOnCompletedFlags.FlowExecutionContext) != 0)
            _context = ExecutionContext.Capture();
        if ((flags & ValueTaskSourceOnCompletedFlags.UseSchedulingContext) != 0)
            _goroutine = SynchronizationContext.Current as Goroutine;
        if (_goroutine is not null)
        {
            bool forGood = _due == long.MaxValue && !_token.CanBeCanceled;
            Machine.NoteWait(forGood ? WaitReason.SleepForever : _due == long.MaxValue ? WaitReason.Await : WaitReason.Sleep, state);
        }

        if (Interlocked.CompareExchange(ref _state, Armed, Created) != Created)
            Resume(); // cancelled before it was awaited
        else if (_due != long.MaxValue)
            engine.AddTimer(_due, this, ref _heap);
    }

    void IValueTaskSource.GetResult(short token)
    {
        Check(token);
        int state = Volatile.Read(ref _state);
        if (state is not (Fired or Cancelled))
            throw new InvalidOperationException("A sleep has no result before it has ended.");
        _registration.Dispose();
        CancellationToken cancelled = state == Cancelled ? _token : default;
        _version++;
        _registration = default;
        _token = default;
        _continuation = null;
        _continuationState = null;
        _context = null;
        _goroutine = null;
        if (state == Fired || _heap is null)
        {
            // A cancelled entry may still be in the heap, and would take a later sleep of the same object for its own.
            _heap = null;
            Volatile.Write(ref _state, Free);
        }

        if (state == Cancelled)
            throw new OperationCanceledException(cancelled);
    }

    void ITimerTarget.Fire()
    {
        if (Interlocked.CompareExchange(ref _state, Fired, Armed) == Armed)
            Resume();
    }

    private void Cancel()
    {
        if (Interlocked.CompareExchange(ref _state, Cancelled, Created) == Created)
            return;
        if (Interlocked.CompareExchange(ref _state, Cancelled, Armed) != Armed)
            return;
        _heap?.NoteCancelled();
        Resume();
    }

    private void Resume()
    {
        Action<object?> continuation = _continuation!;
        object? state = _continuationState;
        if (_context is ExecutionContext context)
        {
            (Action<object?>, object?) inner = (continuation, state);
            continuation = s =>
            {
                ExecutionContext.Run(context, static both =>
                {
                    var (action, argument) = ((Action<object?>, object?))both!;
                    action(argument);
                }, s);
            };
            state = inner;
        }

        if (_goroutine is Goroutine goroutine)
            goroutine.Resume(continuation, state);
        else
            ThreadPool.UnsafeQueueUserWorkItem(continuation, state, preferLocal: false);
    }

    private void Check(short token)
    {
        if (token != _version)
            throw new InvalidOperationException("This sleep was awaited before; a ValueTask can be awaited once only.");
    }
}
