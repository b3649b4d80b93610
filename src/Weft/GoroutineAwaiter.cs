using System.Runtime.CompilerServices;
using Weft.Scheduling;

namespace Weft;

/// <summary>Awaits the end of a <see cref="Goroutine{TResult}"/>; used by the compiler.</summary>
/// <typeparam name="TResult">The type of the result.</typeparam>
public readonly struct GoroutineAwaiter<TResult> : ICriticalNotifyCompletion, IGoroutineAwaiter
{
    private readonly Goroutine<TResult> _goroutine;

    internal GoroutineAwaiter(Goroutine<TResult> goroutine) => _goroutine = goroutine;

    /// <summary>Whether the goroutine has ended.</summary>
    public bool IsCompleted => _goroutine.HasOutcome;

    /// <summary>The result; waits for it if need be, and throws the exception that left the body.</summary>
    public TResult GetResult() => _goroutine.Task.GetAwaiter().GetResult();

    /// <inheritdoc/>
    public void OnCompleted(Action continuation)
    {
        ArgumentNullException.ThrowIfNull(continuation);
        UnsafeOnCompleted(FlowedContinuation.Of(continuation));
    }

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation)
    {
        ArgumentNullException.ThrowIfNull(continuation);
        if (!TryJoin(continuation))
            _goroutine.Task.GetAwaiter().UnsafeOnCompleted(continuation);
    }

    void IGoroutineAwaiter.Suspend(BodyFrame frame)
    {
        if (!TryJoin(frame))
            _goroutine.Task.GetAwaiter().UnsafeOnCompleted(frame.Continuation);
    }

    private bool TryJoin(object continuation)
    {
        if (Machine.CurrentGoroutine is not Goroutine waiter || !ReferenceEquals(SynchronizationContext.Current, waiter))
            return false;

        // Another scheduler's goroutines can wake this one although all of its own scheduler are asleep.
        Machine.NoteWait(waiter.Engine == _goroutine.Engine ? WaitReason.Join : WaitReason.Await, continuation);
        _goroutine.AddJoiner(waiter, continuation);
        return true;
    }
}
