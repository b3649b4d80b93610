using System.Runtime.CompilerServices;
using Weft.Goroutines;
using Weft.Runtime.Running;

namespace Weft;

/// <content>Starting goroutines.</content>
public sealed partial class Scheduler
{
    /// <summary>
    /// Starts a goroutine with a synchronous body: it keeps its machine for its whole life, and uses blocking forms of the operations. It
    /// does not run on the calling thread, and may start before this returns. AsyncLocal values flow to it as in
    /// <see cref="Task.Run(Action)"/>. It is Go's <c>go</c> statement: nobody can await it. <see cref="RunAsync(Action, string, int)"/>
    /// starts one that can be awaited.
    /// </summary>
    /// <param name="body">
    /// The body. An exception that leaves it ends the process, unless <see cref="SchedulerOptions.UnhandledExceptions"/> says otherwise, or
    /// it is the <see cref="OperationCanceledException"/> of a cancelled token, which ends the goroutine quietly.
    /// </param>
    /// <param name="file">Supplied by the compiler.</param>
    /// <param name="line">Supplied by the compiler.</param>
    /// <returns>The goroutine, which may have ended already.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is null.</exception>
    /// <exception cref="ObjectDisposedException">The scheduler is disposed.</exception>
    /// <example>
    /// <code>
    /// using var scheduler = new Scheduler();
    /// Goroutine one = scheduler.Start(() => Console.WriteLine("may block"));
    /// Goroutine&lt;int&gt; other = scheduler.Start(async () => { await Go.Yield(); return 42; });
    /// await one.Completion;
    /// Console.WriteLine(await other);
    /// </code>
    /// </example>
    public Goroutine Start(Action body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Launch(new ActionGoroutine(_engine, NotNull(body), file, line));

    /// <summary>Starts a goroutine with an asynchronous body.</summary>
    /// <inheritdoc cref="Start(Action, string, int)"/>
    public Goroutine Start(Func<Task> body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Launch(new TaskGoroutine(_engine, NotNull(body), file, line));

    /// <summary>
    /// Starts a goroutine with a body that an async method has made: <c>Start(Copy(from, to))</c> is Go's <c>go copy(from, to)</c>.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="body"/> is the default value.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="body"/> was started before.</exception>
    /// <exception cref="ObjectDisposedException">The scheduler is disposed.</exception>
    /// <inheritdoc cref="Start(Action, string, int)"/>
    public Goroutine Start(GoroutineBody body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Launch(new FrameGoroutine(_engine, GoroutineBodies.ClaimArgument(body.Frame, nameof(body)), file, line));

    /// <summary>Starts a goroutine with an asynchronous body, as async lambdas are.</summary>
    /// <inheritdoc cref="Start(Action, string, int)"/>
    [OverloadResolutionPriority(1)]
    public Goroutine Start(Func<GoroutineBody> body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Launch(new BodyGoroutine(_engine, NotNull(body), file, line));

    /// <summary>Starts a goroutine with a synchronous body and an argument, which spares the closure.</summary>
    /// <param name="body">
    /// The body. An exception that leaves it ends the process, unless <see cref="SchedulerOptions.UnhandledExceptions"/> says otherwise, or
    /// it is the <see cref="OperationCanceledException"/> of a cancelled token, which ends the goroutine quietly.
    /// </param>
    /// <param name="state">Passed to the body.</param>
    /// <param name="file">Supplied by the compiler.</param>
    /// <param name="line">Supplied by the compiler.</param>
    /// <typeparam name="TState">The type of the argument.</typeparam>
    /// <inheritdoc cref="Start(Action, string, int)"/>
    public Goroutine Start<TState>(Action<TState> body, TState state, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Launch(new ActionGoroutine<TState>(_engine, NotNull(body), state, file, line));

    /// <summary>Starts a goroutine with an asynchronous body and an argument, which spares the closure.</summary>
    /// <param name="body">
    /// The body. An exception that leaves it ends the process, unless <see cref="SchedulerOptions.UnhandledExceptions"/> says otherwise, or
    /// it is the <see cref="OperationCanceledException"/> of a cancelled token, which ends the goroutine quietly.
    /// </param>
    /// <param name="state">Passed to the body.</param>
    /// <param name="file">Supplied by the compiler.</param>
    /// <param name="line">Supplied by the compiler.</param>
    /// <typeparam name="TState">The type of the argument.</typeparam>
    /// <inheritdoc cref="Start(Action, string, int)"/>
    public Goroutine Start<TState>(
        Func<TState, Task> body,
        TState state,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        Launch(new TaskGoroutine<TState>(_engine, NotNull(body), state, file, line));

    /// <inheritdoc cref="Start{TState}(Func{TState, Task}, TState, string, int)"/>
    [OverloadResolutionPriority(1)]
    public Goroutine Start<TState>(
        Func<TState, GoroutineBody> body,
        TState state,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        Launch(new BodyGoroutine<TState>(_engine, NotNull(body), state, file, line));

    /// <summary>Starts a goroutine with a synchronous body that has a result.</summary>
    /// <param name="body">The body. An exception that leaves it is thrown where the goroutine is awaited.</param>
    /// <param name="file">Supplied by the compiler.</param>
    /// <param name="line">Supplied by the compiler.</param>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <inheritdoc cref="Start(Action, string, int)"/>
    public Goroutine<TResult> Start<TResult>(Func<TResult> body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Launch(new Goroutine<TResult>(_engine, NotNull(body), BodyKind.Function, file, line));

    /// <summary>Starts a goroutine with an asynchronous body that has a result.</summary>
    /// <param name="body">The body. An exception that leaves it is thrown where the goroutine is awaited.</param>
    /// <param name="file">Supplied by the compiler.</param>
    /// <param name="line">Supplied by the compiler.</param>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <inheritdoc cref="Start(Action, string, int)"/>
    public Goroutine<TResult> Start<TResult>(
        Func<Task<TResult>> body,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        Launch(new Goroutine<TResult>(_engine, NotNull(body), BodyKind.AsynchronousFunction, file, line));

    /// <summary>Starts a goroutine with a body that an async method has made, and that has a result.</summary>
    /// <exception cref="ArgumentException"><paramref name="body"/> is the default value.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="body"/> was started before.</exception>
    /// <exception cref="ObjectDisposedException">The scheduler is disposed.</exception>
    /// <inheritdoc cref="Start{TResult}(Func{TResult}, string, int)"/>
    public Goroutine<TResult> Start<TResult>(
        GoroutineBody<TResult> body,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        Launch(new Goroutine<TResult>(_engine, GoroutineBodies.ClaimArgument(body.Frame, nameof(body)), BodyKind.Frame, file, line));

    /// <summary>Starts a goroutine with an asynchronous body that has a result, as async lambdas are.</summary>
    /// <inheritdoc cref="Start{TResult}(Func{TResult}, string, int)"/>
    [OverloadResolutionPriority(1)]
    public Goroutine<TResult> Start<TResult>(
        Func<GoroutineBody<TResult>> body,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        Launch(new Goroutine<TResult>(_engine, NotNull(body), BodyKind.BodyFunction, file, line));

    /// <summary>Starts a goroutine with a synchronous body that has a result, and an argument, which spares the closure.</summary>
    /// <param name="body">The body. An exception that leaves it is thrown where the goroutine is awaited.</param>
    /// <param name="state">Passed to the body.</param>
    /// <param name="file">Supplied by the compiler.</param>
    /// <param name="line">Supplied by the compiler.</param>
    /// <typeparam name="TState">The type of the argument.</typeparam>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <inheritdoc cref="Start(Action, string, int)"/>
    public Goroutine<TResult> Start<TState, TResult>(
        Func<TState, TResult> body,
        TState state,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        Launch(new FunctionGoroutine<TState, TResult>(_engine, NotNull(body), state, file, line));

    /// <summary>Starts a goroutine with an asynchronous body that has a result, and an argument, which spares the closure.</summary>
    /// <param name="body">The body. An exception that leaves it is thrown where the goroutine is awaited.</param>
    /// <param name="state">Passed to the body.</param>
    /// <param name="file">Supplied by the compiler.</param>
    /// <param name="line">Supplied by the compiler.</param>
    /// <typeparam name="TState">The type of the argument.</typeparam>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <inheritdoc cref="Start(Action, string, int)"/>
    public Goroutine<TResult> Start<TState, TResult>(
        Func<TState, Task<TResult>> body,
        TState state,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        Launch(new TaskFunctionGoroutine<TState, TResult>(_engine, NotNull(body), state, file, line));

    /// <inheritdoc cref="Start{TState, TResult}(Func{TState, Task{TResult}}, TState, string, int)"/>
    [OverloadResolutionPriority(1)]
    public Goroutine<TResult> Start<TState, TResult>(
        Func<TState, GoroutineBody<TResult>> body,
        TState state,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        Launch(new BodyFunctionGoroutine<TState, TResult>(_engine, NotNull(body), state, file, line));

    private TGoroutine Launch<TGoroutine>(TGoroutine goroutine)
        where TGoroutine : Goroutine
    {
        _engine.Start(goroutine);
        return goroutine;
    }

    private static T NotNull<T>(T body, [CallerArgumentExpression(nameof(body))] string? name = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(body, name);
        return body;
    }
}
