using System.Threading.Tasks.Sources;
using Weft.Runtime.Core;
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
/// The sleep's end is fixed when it is asked for. The timer is set only when the sleep is awaited, so the continuation is always known when
/// the timer fires, and the two need no hand-shake.
/// </para>
/// <para>
/// Phases: <c>Free</c>, <c>Created</c> (asked for), <c>Armed</c> (awaited, in the heap), <c>Fired</c> or <c>Cancelled</c> (the continuation
/// is on its way). The timer and a cancellation both try to leave Armed by compare-and-swap; the one that does has the sleeper go on. A
/// cancellation that comes before the await moves Created to Cancelled, and the await then goes on at once. Only a sleep that fired is used
/// again: a cancelled one may still be in the heap.
/// </para>
/// </remarks>
internal class SleepOperation : PlacedWait, IValueTaskSource, ITimerTarget
{
    private const int Free = 0;
    private const int Created = 1;
    private const int Armed = 2;
    private const int Fired = 3;
    private const int Cancelled = 4;

    /// <summary>The end of a sleep of no length: a turn of the others.</summary>
    internal const long AtOnce = 0;

    // Set at Created: AtOnce, TimerHeap.Never, or when the timer is to fire. The heap notes that once it has the timer; from then on the
    // field is the timer's entry state. A field for each would make every sleep larger.
    private long _dueOrEntryState;

    TimerEntryState ITimerTarget.EntryState
    {
        get => (TimerEntryState)_dueOrEntryState;
        set => _dueOrEntryState = (long)value;
    }

    private protected sealed override Outcome OutcomeSoFar => Volatile.Read(ref _phase) switch
    {
        Fired => Outcome.Done,
        Cancelled => Outcome.Cancelled,
        _ => Outcome.Pending,
    };

    /// <summary>
    /// Makes a free operation ready to be awaited; false when it is in use. Only the goroutine that keeps it may call this.
    /// </summary>
    internal bool TryBegin(Engine engine, long due)
    {
        if (Volatile.Read(ref _phase) != Free)
            return false;
        BeginAt(engine);
        _dueOrEntryState = due;
        _phase = Created;
        return true;
    }

    /// <summary>For an awaiter, before the wait begins: whether there is nothing to wait for.</summary>
    /// <exception cref="InvalidOperationException">It is awaited, or was.</exception>
    internal bool HasEnded(short token)
    {
        CheckUnawaited(token);
        return OutcomeSoFar != Outcome.Pending;
    }

    /// <summary>The sleeper is back: the end of this use.</summary>
    internal virtual void End(short token)
    {
        TakeOutcome(OutcomeSoFar, token);
        Forget();
        Volatile.Write(ref _phase, Free);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => Status(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        Await(continuation, state, token, flags);

    void IValueTaskSource.GetResult(short token) => End(token);

    void ITimerTarget.Fire()
    {
        if (Interlocked.CompareExchange(ref _phase, Fired, Armed) == Armed)
            Post();
    }

    private protected override void BeginWait(object? origin, bool isByCaller)
    {
        // The timer may fire before this returns, and the operation be used again: nothing of it is touched afterwards.
        if (TryArm(isByCaller, WaitReason.SleepForever, out long due))
            ((Engine)origin!).AddTimer(due, this);
    }

    /// <summary>From now on the sleep may end. True when the caller is to set the timer.</summary>
    /// <param name="isByCaller">See <see cref="PlacedWait.BeginWait"/>.</param>
    /// <param name="forever">What a sleep that no timer ends counts as; see <see cref="WaitReasons.OnlyGoroutinesWake"/>.</param>
    /// <param name="due">When the timer is to fire.</param>
    private protected bool TryArm(bool isByCaller, WaitReason forever, out long due)
    {
        due = _dueOrEntryState;
        if (isByCaller)
        {
            if (due == AtOnce && Interlocked.CompareExchange(ref _phase, Fired, Created) == Created)
            {
                Machine.NoteWait(WaitReason.Yield, State);
                YieldPlace();
                return false;
            }

            Machine.NoteWait(due == TimerHeap.Never ? forever : WaitReason.Sleep, State);
        }

        if (Interlocked.CompareExchange(ref _phase, Armed, Created) == Created)
            return due != TimerHeap.Never;
        Post(); // cancelled before it was awaited
        return false;
    }

    /// <summary>Whether it was cancelled, also before the caller asks.</summary>
    private protected bool IsCancelled => Volatile.Read(ref _phase) == Cancelled;

    /// <summary>Cancels it, unless it has ended. True when it was awaited: then the caller posts it.</summary>
    private protected bool TryCancel() =>
        Interlocked.CompareExchange(ref _phase, Cancelled, Created) != Created
        && Interlocked.CompareExchange(ref _phase, Cancelled, Armed) == Armed;
}
