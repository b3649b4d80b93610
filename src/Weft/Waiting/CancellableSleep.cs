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
        : base(engine)
    {
        TryBegin(due);
        _token = token;
        _registration = token.UnsafeRegister(static op => ((CancellableSleep)op!).Cancel(), this);
    }

    private protected override WaitReason ReasonForEver => WaitReason.Await;

    private protected override void Arm(Engine engine, long due)
    {
        TimerHeap heap = engine.AddTimer(due, this);
        _heap = heap;

        // A cancellation that came before the heap was noted could not report to it.
        if (Volatile.Read(ref _state) == Cancelled && Interlocked.Exchange(ref _heap!, null) is not null)
            heap.NoteCancelled(this);
    }

    private protected override void OnEnded() => _registration.Unregister();

    private protected override void ThrowCancelled() => throw new OperationCanceledException(_token);

    private void Cancel()
    {
        if (Interlocked.CompareExchange(ref _state, Cancelled, Created) == Created)
            return;
        if (Interlocked.CompareExchange(ref _state, Cancelled, Armed) != Armed)
            return;
        Interlocked.Exchange(ref _heap!, null)?.NoteCancelled(this);
        Resume();
    }
}
