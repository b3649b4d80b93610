using System.Runtime.CompilerServices;

namespace Weft;

/// <content>Starting goroutines, and running a main one.</content>
public static partial class Go
{
    /// <inheritdoc cref="Weft.Scheduler.Start(Action, string, int)"/>
    public static Goroutine Start(Action body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Scheduler.Start(body, file, line);

    /// <inheritdoc cref="Weft.Scheduler.Start(Func{Task}, string, int)"/>
    public static Goroutine Start(Func<Task> body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Scheduler.Start(body, file, line);

    /// <inheritdoc cref="Weft.Scheduler.Start(GoroutineBody, string, int)"/>
    public static Goroutine Start(GoroutineBody body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Scheduler.Start(body, file, line);

    /// <inheritdoc cref="Weft.Scheduler.Start(Func{GoroutineBody}, string, int)"/>
    [OverloadResolutionPriority(1)]
    public static Goroutine Start(Func<GoroutineBody> body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Scheduler.Start(body, file, line);

    /// <inheritdoc cref="Weft.Scheduler.Start{TState}(Action{TState}, TState, string, int)"/>
    public static Goroutine Start<TState>(
        Action<TState> body,
        TState state,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        Scheduler.Start(body, state, file, line);

    /// <inheritdoc cref="Weft.Scheduler.Start{TState}(Func{TState, Task}, TState, string, int)"/>
    public static Goroutine Start<TState>(
        Func<TState, Task> body,
        TState state,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        Scheduler.Start(body, state, file, line);

    /// <inheritdoc cref="Weft.Scheduler.Start{TState}(Func{TState, GoroutineBody}, TState, string, int)"/>
    [OverloadResolutionPriority(1)]
    public static Goroutine Start<TState>(
        Func<TState, GoroutineBody> body,
        TState state,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        Scheduler.Start(body, state, file, line);

    /// <inheritdoc cref="Weft.Scheduler.Start{TResult}(Func{TResult}, string, int)"/>
    public static Goroutine<TResult> Start<TResult>(
        Func<TResult> body,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        Scheduler.Start(body, file, line);

    /// <inheritdoc cref="Weft.Scheduler.Start{TResult}(Func{Task{TResult}}, string, int)"/>
    public static Goroutine<TResult> Start<TResult>(
        Func<Task<TResult>> body,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        Scheduler.Start(body, file, line);

    /// <inheritdoc cref="Weft.Scheduler.Start{TResult}(GoroutineBody{TResult}, string, int)"/>
    public static Goroutine<TResult> Start<TResult>(
        GoroutineBody<TResult> body,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        Scheduler.Start(body, file, line);

    /// <inheritdoc cref="Weft.Scheduler.Start{TResult}(Func{GoroutineBody{TResult}}, string, int)"/>
    [OverloadResolutionPriority(1)]
    public static Goroutine<TResult> Start<TResult>(
        Func<GoroutineBody<TResult>> body,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        Scheduler.Start(body, file, line);

    /// <inheritdoc cref="Weft.Scheduler.Start{TState, TResult}(Func{TState, TResult}, TState, string, int)"/>
    public static Goroutine<TResult> Start<TState, TResult>(
        Func<TState, TResult> body,
        TState state,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        Scheduler.Start(body, state, file, line);

    /// <inheritdoc cref="Weft.Scheduler.Start{TState, TResult}(Func{TState, Task{TResult}}, TState, string, int)"/>
    public static Goroutine<TResult> Start<TState, TResult>(
        Func<TState, Task<TResult>> body,
        TState state,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        Scheduler.Start(body, state, file, line);

    /// <inheritdoc cref="Weft.Scheduler.Start{TState, TResult}(Func{TState, GoroutineBody{TResult}}, TState, string, int)"/>
    [OverloadResolutionPriority(1)]
    public static Goroutine<TResult> Start<TState, TResult>(
        Func<TState, GoroutineBody<TResult>> body,
        TState state,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        Scheduler.Start(body, state, file, line);

    /// <inheritdoc cref="Weft.Scheduler.Run(Action, string, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(Action main, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Scheduler.Run(main, file, line);

    /// <inheritdoc cref="Weft.Scheduler.Run(Func{Task}, string, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(Func<Task> main, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Scheduler.Run(main, file, line);

    /// <inheritdoc cref="Weft.Scheduler.Run(Func{GoroutineBody}, string, int)"/>
    [OverloadResolutionPriority(1)]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(Func<GoroutineBody> main, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Scheduler.Run(main, file, line);

    /// <inheritdoc cref="Weft.Scheduler.Run{TResult}(Func{TResult}, string, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static TResult Run<TResult>(Func<TResult> main, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Scheduler.Run(main, file, line);

    /// <inheritdoc cref="Weft.Scheduler.Run{TResult}(Func{Task{TResult}}, string, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static TResult Run<TResult>(Func<Task<TResult>> main, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Scheduler.Run(main, file, line);

    /// <inheritdoc cref="Weft.Scheduler.Run{TResult}(Func{GoroutineBody{TResult}}, string, int)"/>
    [OverloadResolutionPriority(1)]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static TResult Run<TResult>(
        Func<GoroutineBody<TResult>> main,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        Scheduler.Run(main, file, line);
}
