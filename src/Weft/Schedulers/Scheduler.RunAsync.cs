using System.ComponentModel;
using System.Runtime.CompilerServices;
using Weft.Goroutines;
using Weft.Runtime.Core;
using Weft.Runtime.Running;

namespace Weft;

/// <content>Starting goroutines that have no result and are awaited.</content>
public sealed partial class Scheduler
{
    internal const string HasResult =
        "RunAsync is for bodies without a result. Start a body with a result by Start: that goroutine can be awaited for it. "
        + "A GoroutineBody is given as a value: RunAsync(F(x)), not RunAsync(() => F(x)).";
    internal const string IsAsynchronous =
        "RunBlocking is for calls that block. Run an asynchronous body by RunAsync, or by Start if it has a result.";

    /// <summary>
    /// Starts a goroutine that has no result and is to be awaited: what leaves its body is thrown where it is awaited, as with a task, and
    /// never ends the process. It is <see cref="Start(Action, string, int)"/> in everything else. A body with a result is started by Start,
    /// and can be awaited, too.
    /// </summary>
    /// <param name="body">The body. An exception that leaves it is thrown where the goroutine is awaited.</param>
    /// <param name="file">Supplied by the compiler.</param>
    /// <param name="line">Supplied by the compiler.</param>
    /// <returns>The goroutine, which may have ended already.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is null.</exception>
    /// <exception cref="ObjectDisposedException">The scheduler is disposed.</exception>
    /// <example>
    /// <code>
    /// using var scheduler = new Scheduler();
    /// await scheduler.RunAsync(static s => DownloadAsync(s.url, s.token), (url: "https://go.dev/", token: cancellationToken));
    /// </code>
    /// </example>
    public AwaitableGoroutine RunAsync(Action body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Launch(new Goroutine<NoResult>(_engine, NotNull(body), BodyKind.Action, file, line));

    /// <inheritdoc cref="RunAsync(Action, string, int)"/>
    public AwaitableGoroutine RunAsync(Func<Task> body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Launch(new Goroutine<NoResult>(_engine, NotNull(body), BodyKind.AsynchronousAction, file, line));

    /// <exception cref="ArgumentException"><paramref name="body"/> is the default value.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="body"/> was started before.</exception>
    /// <exception cref="ObjectDisposedException">The scheduler is disposed.</exception>
    /// <inheritdoc cref="RunAsync(Action, string, int)"/>
    public AwaitableGoroutine RunAsync(GoroutineBody body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Launch(new Goroutine<NoResult>(_engine, GoroutineBodies.ClaimArgument(body.Frame, nameof(body)), BodyKind.Frame, file, line));

    /// <summary>As <see cref="RunAsync(Action, string, int)"/>, with an argument, which spares the closure.</summary>
    /// <param name="body">The body. An exception that leaves it is thrown where the goroutine is awaited.</param>
    /// <param name="state">Passed to the body.</param>
    /// <param name="file">Supplied by the compiler.</param>
    /// <param name="line">Supplied by the compiler.</param>
    /// <typeparam name="TState">The type of the argument.</typeparam>
    /// <inheritdoc cref="RunAsync(Action, string, int)"/>
    public AwaitableGoroutine RunAsync<TState>(
        Action<TState> body,
        TState state,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        Launch(new ActionRun<TState>(_engine, NotNull(body), state, file, line));

    /// <inheritdoc cref="RunAsync{TState}(Action{TState}, TState, string, int)"/>
    public AwaitableGoroutine RunAsync<TState>(
        Func<TState, Task> body,
        TState state,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        Launch(new TaskRun<TState>(_engine, NotNull(body), state, file, line));

    /// <summary>
    /// An error of the compiler, instead of a result that is lost: use <see cref="Start{TResult}(Func{TResult}, string, int)"/>.
    /// </summary>
    /// <param name="body">Not used.</param>
    /// <param name="file">Supplied by the compiler.</param>
    /// <param name="line">Supplied by the compiler.</param>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    [Obsolete(HasResult, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public AwaitableGoroutine RunAsync<TResult>(Func<TResult> body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        throw new NotSupportedException(HasResult);

    /// <summary>An error of the compiler, as for <see cref="RunAsync{TResult}(Func{TResult}, string, int)"/>.</summary>
    /// <param name="body">Not used.</param>
    /// <param name="state">Not used.</param>
    /// <param name="file">Supplied by the compiler.</param>
    /// <param name="line">Supplied by the compiler.</param>
    /// <typeparam name="TState">The type of the argument.</typeparam>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    [Obsolete(HasResult, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public AwaitableGoroutine RunAsync<TState, TResult>(
        Func<TState, TResult> body,
        TState state,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        throw new NotSupportedException(HasResult);

    /// <summary>
    /// Makes a call that blocks in a goroutine of its own, which is to be awaited. The call is declared as by
    /// <see cref="Go.Blocking(Action)"/>: its thread gives the processor up before.
    /// </summary>
    /// <param name="call">The call. An exception that leaves it is thrown where the goroutine is awaited.</param>
    /// <param name="file">Supplied by the compiler.</param>
    /// <param name="line">Supplied by the compiler.</param>
    /// <returns>The goroutine, which may have ended already.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="call"/> is null.</exception>
    /// <exception cref="ObjectDisposedException">The scheduler is disposed.</exception>
    /// <example>
    /// <code>
    /// string text = await Go.RunBlocking(() => File.ReadAllText("/etc/hostname"));
    /// </code>
    /// </example>
    public AwaitableGoroutine RunBlocking(Action call, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        RunAsync(static c => DeclaredCall.Run(c), NotNull(call), file, line);

    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <inheritdoc cref="RunBlocking(Action, string, int)"/>
    public Goroutine<TResult> RunBlocking<TResult>(
        Func<TResult> call,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        Start(static c => DeclaredCall.Run(c), NotNull(call), file, line);

    /// <summary>As <see cref="RunBlocking(Action, string, int)"/>, with an argument, which spares the closure.</summary>
    /// <param name="call">The call. An exception that leaves it is thrown where the goroutine is awaited.</param>
    /// <param name="state">Passed to the call.</param>
    /// <param name="file">Supplied by the compiler.</param>
    /// <param name="line">Supplied by the compiler.</param>
    /// <typeparam name="TState">The type of the argument.</typeparam>
    /// <inheritdoc cref="RunBlocking(Action, string, int)"/>
    public AwaitableGoroutine RunBlocking<TState>(
        Action<TState> call,
        TState state,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        RunAsync(static s => DeclaredCall.Run(s.call, s.state), (call: NotNull(call), state), file, line);

    /// <typeparam name="TState">The type of the argument.</typeparam>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <inheritdoc cref="RunBlocking{TState}(Action{TState}, TState, string, int)"/>
    public Goroutine<TResult> RunBlocking<TState, TResult>(
        Func<TState, TResult> call,
        TState state,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        Start(static s => DeclaredCall.Run(s.call, s.state), (call: NotNull(call), state), file, line);

    /// <summary>An error of the compiler: an asynchronous body does not block.</summary>
    /// <param name="call">Not used.</param>
    /// <param name="file">Supplied by the compiler.</param>
    /// <param name="line">Supplied by the compiler.</param>
    /// <param name="isAsynchronous">Not used.</param>
    /// <typeparam name="TTask">The type of the task that the body returns.</typeparam>
    [OverloadResolutionPriority(1)]
    [Obsolete(IsAsynchronous, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public AwaitableGoroutine RunBlocking<TTask>(
        Func<TTask> call,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0,
        bool isAsynchronous = true)
        where TTask : Task =>
        throw new NotSupportedException(IsAsynchronous);

    /// <summary>An error of the compiler, instead of a body that is lost: use <see cref="RunAsync(GoroutineBody, string, int)"/>.</summary>
    /// <param name="call">Not used.</param>
    /// <typeparam name="TBody">The type of the body that is made.</typeparam>
    [OverloadResolutionPriority(1)]
    [Obsolete(GoroutineBodies.IsMadeOnly, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public AwaitableGoroutine RunBlocking<TBody>(Func<TBody> call)
        where TBody : struct, IGoroutineBody =>
        throw new NotSupportedException(GoroutineBodies.IsMadeOnly);
}
