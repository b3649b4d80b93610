using System.Runtime.CompilerServices;
using Weft.Scheduling;

namespace Weft;

/// <summary>Awaits the end of a <see cref="Goroutine{TResult}"/>; used by the compiler.</summary>
/// <typeparam name="TResult">The type of the result.</typeparam>
public readonly struct GoroutineAwaiter<TResult> : ICriticalNotifyCompletion
{
    private readonly TaskAwaiter<TResult> _inner;

    internal GoroutineAwaiter(Task<TResult> task) => _inner = task.GetAwaiter();

    /// <summary>Whether the goroutine has ended.</summary>
    public bool IsCompleted => _inner.IsCompleted;

    /// <summary>The result; throws the exception that left the body.</summary>
    public TResult GetResult() => _inner.GetResult();

    /// <inheritdoc/>
    public void OnCompleted(Action continuation)
    {
        Machine.NoteWait(WaitReason.Join, continuation.Target);
        _inner.OnCompleted(continuation);
    }

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation)
    {
        Machine.NoteWait(WaitReason.Join, continuation.Target);
        _inner.UnsafeOnCompleted(continuation);
    }
}
