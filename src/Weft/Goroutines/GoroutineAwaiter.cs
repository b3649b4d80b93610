using System.ComponentModel;
using System.Runtime.CompilerServices;
using Weft.Runtime.Host;
using Weft.Runtime.Running;
using Weft.Waiting;

namespace Weft;

/// <summary>Awaits the end of an <see cref="AwaitableGoroutine"/>; used by the compiler.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct GoroutineAwaiter : ICriticalNotifyCompletion, IGoroutineAwaiter
{
    private readonly AwaitableGoroutine? _goroutine;

    internal GoroutineAwaiter(AwaitableGoroutine goroutine) => _goroutine = goroutine;

    /// <summary>Whether the goroutine has ended.</summary>
    /// <exception cref="InvalidOperationException">This is the default value.</exception>
    public bool IsCompleted => Misuse.NotDefault(_goroutine, nameof(GoroutineAwaiter)).HasOutcome;

    /// <summary>Waits for the end if need be, and throws the exception that left the body.</summary>
    /// <exception cref="InvalidOperationException">This is the default value.</exception>
    public void GetResult() => Misuse.NotDefault(_goroutine, nameof(GoroutineAwaiter)).ThrowIfFailed();

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
        AwaitableGoroutine goroutine = Misuse.NotDefault(_goroutine, nameof(GoroutineAwaiter));
        if (!goroutine.TryJoin(continuation))
            goroutine.Task.GetAwaiter().UnsafeOnCompleted(continuation);
    }

    void IGoroutineAwaiter.Suspend(BodyFrame frame)
    {
        if (!_goroutine!.TryJoin(frame))
            _goroutine.Task.GetAwaiter().UnsafeOnCompleted(frame.Continuation);
    }
}

/// <summary>Awaits the end of a <see cref="Goroutine{TResult}"/>; used by the compiler.</summary>
/// <typeparam name="TResult">The type of the result.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct GoroutineAwaiter<TResult> : ICriticalNotifyCompletion, IGoroutineAwaiter
{
    private readonly Goroutine<TResult>? _goroutine;

    internal GoroutineAwaiter(Goroutine<TResult> goroutine) => _goroutine = goroutine;

    /// <summary>Whether the goroutine has ended.</summary>
    /// <exception cref="InvalidOperationException">This is the default value.</exception>
    public bool IsCompleted => Misuse.NotDefault(_goroutine, nameof(GoroutineAwaiter)).HasOutcome;

    /// <summary>The result; waits for it if need be, and throws the exception that left the body.</summary>
    /// <exception cref="InvalidOperationException">This is the default value.</exception>
    public TResult GetResult() => Misuse.NotDefault(_goroutine, nameof(GoroutineAwaiter)).GetResult();

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
        Goroutine<TResult> goroutine = Misuse.NotDefault(_goroutine, nameof(GoroutineAwaiter));
        if (!goroutine.TryJoin(continuation))
            goroutine.Task.GetAwaiter().UnsafeOnCompleted(continuation);
    }

    void IGoroutineAwaiter.Suspend(BodyFrame frame)
    {
        if (!_goroutine!.TryJoin(frame))
            _goroutine.Task.GetAwaiter().UnsafeOnCompleted(frame.Continuation);
    }
}
