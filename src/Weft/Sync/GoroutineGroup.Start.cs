using System.Runtime.CompilerServices;
using Weft.Goroutines;
using Weft.Runtime.Running;
using Weft.Sync;

namespace Weft;

/// <content>Starting children.</content>
public sealed partial class GoroutineGroup
{
    /// <summary>Starts a child. If <see cref="Limit"/> children are under way, blocks the calling thread until one has ended.</summary>
    /// <param name="body">The child's body. An exception that leaves it is the group's.</param>
    /// <param name="file">Supplied by the compiler.</param>
    /// <param name="line">Supplied by the compiler.</param>
    /// <exception cref="Exception">The first error of a child, if that has cancelled the group; the new child is not started.</exception>
    /// <exception cref="OperationCanceledException">The group is cancelled, or was while this waited; the child is not started.</exception>
    /// <exception cref="ObjectDisposedException">The group or its scheduler is disposed.</exception>
    /// <exception cref="ThreadInterruptedException">The thread was interrupted before there was room for the child; it is not
    /// started.</exception>
    public Goroutine Start(Action body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        StartNow(Child(NotNull(body), BodyKind.Action, file, line));

    /// <summary>Starts a child that is given the group's <see cref="Token"/>.</summary>
    /// <inheritdoc cref="Start(Action, string, int)"/>
    public Goroutine Start(Action<CancellationToken> body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        StartNow(Child(Bind(NotNull(body)), BodyKind.Action, file, line));

    /// <inheritdoc cref="Start(Action, string, int)"/>
    public Goroutine Start(Func<Task> body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        StartNow(Child(NotNull(body), BodyKind.AsynchronousAction, file, line));

    /// <inheritdoc cref="Start(Action{CancellationToken}, string, int)"/>
    public Goroutine Start(Func<CancellationToken, Task> body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        StartNow(Child(Bind(NotNull(body)), BodyKind.AsynchronousAction, file, line));

    /// <exception cref="ArgumentException"><paramref name="body"/> is the default value.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="body"/> was started before.</exception>
    /// <exception cref="Exception">The first error of a child, if that has cancelled the group; the new child is not started.</exception>
    /// <exception cref="OperationCanceledException">The group is cancelled, or was while the child waited; the child is not
    /// started.</exception>
    /// <exception cref="ObjectDisposedException">The group or its scheduler is disposed.</exception>
    /// <inheritdoc cref="Start(Action, string, int)"/>
    public Goroutine Start(GoroutineBody body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        StartNow(Child(GoroutineBodies.ClaimArgument(body.Frame, nameof(body)), BodyKind.Frame, file, line));

    /// <summary>
    /// Starts a child that has a result: await what this returns, or read its <see cref="Goroutine{TResult}.Task"/> after
    /// <see cref="WaitAsync"/>. If <see cref="Limit"/> children are under way, blocks the calling thread until one has ended.
    /// </summary>
    /// <inheritdoc cref="Start(Action, string, int)"/>
    public Goroutine<TResult> Start<TResult>(Func<TResult> body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        StartNow(Child<TResult>(NotNull(body), BodyKind.Function, file, line));

    /// <inheritdoc cref="Start{TResult}(Func{TResult}, string, int)"/>
    public Goroutine<TResult> Start<TResult>(
        Func<CancellationToken, TResult> body,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        StartNow(Child<TResult>(Bind(NotNull(body)), BodyKind.Function, file, line));

    /// <inheritdoc cref="Start{TResult}(Func{TResult}, string, int)"/>
    public Goroutine<TResult> Start<TResult>(
        Func<Task<TResult>> body,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        StartNow(Child<TResult>(NotNull(body), BodyKind.AsynchronousFunction, file, line));

    /// <inheritdoc cref="Start{TResult}(Func{TResult}, string, int)"/>
    public Goroutine<TResult> Start<TResult>(
        Func<CancellationToken, Task<TResult>> body,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        StartNow(Child<TResult>(Bind(NotNull(body)), BodyKind.AsynchronousFunction, file, line));

    /// <exception cref="ArgumentException"><paramref name="body"/> is the default value.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="body"/> was started before.</exception>
    /// <exception cref="Exception">The first error of a child, if that has cancelled the group; the new child is not started.</exception>
    /// <exception cref="OperationCanceledException">The group is cancelled, or was while the child waited; the child is not
    /// started.</exception>
    /// <exception cref="ObjectDisposedException">The group or its scheduler is disposed.</exception>
    /// <inheritdoc cref="Start{TResult}(Func{TResult}, string, int)"/>
    public Goroutine<TResult> Start<TResult>(
        GoroutineBody<TResult> body,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        StartNow(Child<TResult>(GoroutineBodies.ClaimArgument(body.Frame, nameof(body)), BodyKind.Frame, file, line));

    private static T NotNull<T>(T body, [CallerArgumentExpression(nameof(body))] string? name = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(body, name);
        return body;
    }

    private Action Bind(Action<CancellationToken> body) => () => body(Token);

    private Func<TResult> Bind<TResult>(Func<CancellationToken, TResult> body) => () => body(Token);

    private ChildGoroutine Child(object body, BodyKind kind, string file, int line) => new(this, _engine, body, kind, file, line);

    private ChildGoroutine<TResult> Child<TResult>(object body, BodyKind kind, string file, int line) =>
        new(this, _engine, body, kind, file, line);

    private TGoroutine StartNow<TGoroutine>(TGoroutine child)
        where TGoroutine : Goroutine
    {
        if (Admit(child, blocks: true) is StartOperation<TGoroutine> operation)
            operation.Block();
        else
            Launch(child);
        return child;
    }
}
