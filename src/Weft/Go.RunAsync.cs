using System.ComponentModel;
using System.Runtime.CompilerServices;
using Weft.Goroutines;

namespace Weft;

/// <content>Starting goroutines that have no result and are awaited.</content>
public static partial class Go
{
    /// <inheritdoc cref="Weft.Scheduler.RunAsync(Action, string, int)"/>
    public static AwaitableGoroutine RunAsync(Action body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Scheduler.RunAsync(body, file, line);

    /// <inheritdoc cref="Weft.Scheduler.RunAsync(Func{Task}, string, int)"/>
    public static AwaitableGoroutine RunAsync(Func<Task> body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Scheduler.RunAsync(body, file, line);

    /// <inheritdoc cref="Weft.Scheduler.RunAsync(GoroutineBody, string, int)"/>
    public static AwaitableGoroutine RunAsync(GoroutineBody body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Scheduler.RunAsync(body, file, line);

    /// <inheritdoc cref="Weft.Scheduler.RunAsync{TState}(Action{TState}, TState, string, int)"/>
    public static AwaitableGoroutine RunAsync<TState>(
        Action<TState> body,
        TState state,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        Scheduler.RunAsync(body, state, file, line);

    /// <inheritdoc cref="Weft.Scheduler.RunAsync{TState}(Func{TState, Task}, TState, string, int)"/>
    public static AwaitableGoroutine RunAsync<TState>(
        Func<TState, Task> body,
        TState state,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        Scheduler.RunAsync(body, state, file, line);

    /// <inheritdoc cref="Weft.Scheduler.RunBlocking(Action, string, int)"/>
    public static AwaitableGoroutine RunBlocking(Action call, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Scheduler.RunBlocking(call, file, line);

    /// <inheritdoc cref="Weft.Scheduler.RunBlocking{TResult}(Func{TResult}, string, int)"/>
    public static Goroutine<TResult> RunBlocking<TResult>(
        Func<TResult> call,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        Scheduler.RunBlocking(call, file, line);

    /// <inheritdoc cref="Weft.Scheduler.RunBlocking{TState}(Action{TState}, TState, string, int)"/>
    public static AwaitableGoroutine RunBlocking<TState>(
        Action<TState> call,
        TState state,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        Scheduler.RunBlocking(call, state, file, line);

    /// <inheritdoc cref="Weft.Scheduler.RunBlocking{TState, TResult}(Func{TState, TResult}, TState, string, int)"/>
    public static Goroutine<TResult> RunBlocking<TState, TResult>(
        Func<TState, TResult> call,
        TState state,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        Scheduler.RunBlocking(call, state, file, line);

    /// <inheritdoc cref="Weft.Scheduler.RunAsync{TResult}(Func{TResult}, string, int)"/>
    [Obsolete(Weft.Scheduler.HasResult, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static AwaitableGoroutine RunAsync<TResult>(
        Func<TResult> body,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        throw new NotSupportedException(Weft.Scheduler.HasResult);

    /// <inheritdoc cref="Weft.Scheduler.RunAsync{TState, TResult}(Func{TState, TResult}, TState, string, int)"/>
    [Obsolete(Weft.Scheduler.HasResult, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static AwaitableGoroutine RunAsync<TState, TResult>(
        Func<TState, TResult> body,
        TState state,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        throw new NotSupportedException(Weft.Scheduler.HasResult);

    /// <inheritdoc cref="Weft.Scheduler.RunBlocking{TTask}(Func{TTask}, string, int, bool)"/>
    [OverloadResolutionPriority(1)]
    [Obsolete(Weft.Scheduler.IsAsynchronous, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static AwaitableGoroutine RunBlocking<TTask>(
        Func<TTask> call,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0,
        bool isAsynchronous = true)
        where TTask : Task =>
        throw new NotSupportedException(Weft.Scheduler.IsAsynchronous);

    /// <inheritdoc cref="Weft.Scheduler.RunBlocking{TBody}(Func{TBody})"/>
    [OverloadResolutionPriority(1)]
    [Obsolete(GoroutineBodies.IsMadeOnly, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static AwaitableGoroutine RunBlocking<TBody>(Func<TBody> call)
        where TBody : struct, IGoroutineBody =>
        throw new NotSupportedException(GoroutineBodies.IsMadeOnly);
}
