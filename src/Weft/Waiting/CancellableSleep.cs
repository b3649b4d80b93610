using Weft.Runtime.Core;
using Weft.Runtime.Running;
using Weft.Runtime.Timers;

namespace Weft.Waiting;

/// <summary>A sleep that a token can end; used once.</summary>
internal sealed class CancellableSleep : SleepOperation
{
    private readonly CancellationToken _token;
    private readonly CancellationTokenRegistration _registration;
    private volatile TimerHeap? _heap;

    internal CancellableSleep(Engine engine, long due, CancellationToken token)
    {
        TryBegin(engine, due);
        _token = token;
        _registration = token.UnsafeRegister(static sleep => ((CancellableSleep)sleep!).Cancel(), this);
    }

    /// <inheritdoc/>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    internal override void End(short token)
    {
        Outcome outcome = TakeOutcome(OutcomeSoFar, token);
        Forget();
        _registration.Unregister();
        if (outcome == Outcome.Cancelled)
            throw new OperationCanceledException(_token);
    }

    private protected override void BeginWait(object? origin, bool isByCaller)
    {
        if (!TryArm(isByCaller, WaitReason.Await, out long due))
            return;
        TimerHeap heap = ((Engine)origin!).AddTimer(due, this);
        _heap = heap;

        // A cancellation that came before the heap was noted could not report to it.
        if (IsCancelled && Interlocked.Exchange(ref _heap!, null) is not null)
            heap.NoteCancelled(this);
    }

    private void Cancel()
    {
        if (!TryCancel())
            return;
        Interlocked.Exchange(ref _heap!, null)?.NoteCancelled(this);
        Post();
    }
}
