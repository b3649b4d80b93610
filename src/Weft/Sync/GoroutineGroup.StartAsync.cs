using System.Runtime.CompilerServices;
using Weft.Goroutines;
using Weft.Runtime.Running;
using Weft.Sync;

namespace Weft;

/// <content>Starting children without blocking when the group is full.</content>
public sealed partial class GoroutineGroup
{
    /// <summary>Starts a child, at once or, if <see cref="Limit"/> children are under way, when those that asked before have started and
    /// there is room. Ends when the child has started.</summary>
    /// <param name="body">The child's body. An exception that leaves it is the group's.</param>
    /// <param name="file">Supplied by the compiler.</param>
    /// <param name="line">Supplied by the compiler.</param>
    /// <exception cref="Exception">The first error of a child, if that has cancelled the group; the new child is not started.</exception>
    /// <exception cref="OperationCanceledException">The group is cancelled, or was while the child waited; the child is not
    /// started.</exception>
    /// <exception cref="ObjectDisposedException">The group or its scheduler is disposed.</exception>
    public ValueTask<Goroutine> StartAsync(Action body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        StartSoon<Goroutine>(Child(NotNull(body), BodyKind.Action, file, line));

    /// <summary>Starts a child that is given the group's <see cref="Token"/>.</summary>
    /// <inheritdoc cref="StartAsync(Action, string, int)"/>
    public ValueTask<Goroutine> StartAsync(
        Action<CancellationToken> body,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        StartSoon<Goroutine>(Child(Bind(NotNull(body)), BodyKind.Action, file, line));

    /// <inheritdoc cref="StartAsync(Action, string, int)"/>
    public ValueTask<Goroutine> StartAsync(Func<Task> body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        StartSoon<Goroutine>(Child(NotNull(body), BodyKind.AsynchronousAction, file, line));

    /// <inheritdoc cref="StartAsync(Action{CancellationToken}, string, int)"/>
    public ValueTask<Goroutine> StartAsync(
        Func<CancellationToken, Task> body,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        StartSoon<Goroutine>(Child(Bind(NotNull(body)), BodyKind.AsynchronousAction, file, line));

    /// <exception cref="ArgumentException"><paramref name="body"/> is the default value.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="body"/> was started before.</exception>
    /// <exception cref="Exception">The first error of a child, if that has cancelled the group; the new child is not started.</exception>
    /// <exception cref="OperationCanceledException">The group is cancelled, or was while the child waited; the child is not
    /// started.</exception>
    /// <exception cref="ObjectDisposedException">The group or its scheduler is disposed.</exception>
    /// <inheritdoc cref="StartAsync(Action, string, int)"/>
    public ValueTask<Goroutine> StartAsync(GoroutineBody body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        StartSoon<Goroutine>(Child(GoroutineBodies.ClaimArgument(body.Frame, nameof(body)), BodyKind.Frame, file, line));

    /// <summary>
    /// Starts a child that has a result, at once or, if <see cref="Limit"/> children are under way, when those that asked before have
    /// started and there is room. Ends when the child has started, with the goroutine: await that one for the result.
    /// </summary>
    /// <inheritdoc cref="StartAsync(Action, string, int)"/>
    public ValueTask<Goroutine<TResult>> StartAsync<TResult>(
        Func<TResult> body,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        StartSoon<Goroutine<TResult>>(Child<TResult>(NotNull(body), BodyKind.Function, file, line));

    /// <inheritdoc cref="StartAsync{TResult}(Func{TResult}, string, int)"/>
    public ValueTask<Goroutine<TResult>> StartAsync<TResult>(
        Func<CancellationToken, TResult> body,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        StartSoon<Goroutine<TResult>>(Child<TResult>(Bind(NotNull(body)), BodyKind.Function, file, line));

    /// <inheritdoc cref="StartAsync{TResult}(Func{TResult}, string, int)"/>
    public ValueTask<Goroutine<TResult>> StartAsync<TResult>(
        Func<Task<TResult>> body,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        StartSoon<Goroutine<TResult>>(Child<TResult>(NotNull(body), BodyKind.AsynchronousFunction, file, line));

    /// <inheritdoc cref="StartAsync{TResult}(Func{TResult}, string, int)"/>
    public ValueTask<Goroutine<TResult>> StartAsync<TResult>(
        Func<CancellationToken, Task<TResult>> body,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        StartSoon<Goroutine<TResult>>(Child<TResult>(Bind(NotNull(body)), BodyKind.AsynchronousFunction, file, line));

    /// <exception cref="ArgumentException"><paramref name="body"/> is the default value.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="body"/> was started before.</exception>
    /// <exception cref="Exception">The first error of a child, if that has cancelled the group; the new child is not started.</exception>
    /// <exception cref="OperationCanceledException">The group is cancelled, or was while the child waited; the child is not
    /// started.</exception>
    /// <exception cref="ObjectDisposedException">The group or its scheduler is disposed.</exception>
    /// <inheritdoc cref="StartAsync{TResult}(Func{TResult}, string, int)"/>
    public ValueTask<Goroutine<TResult>> StartAsync<TResult>(
        GoroutineBody<TResult> body,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        StartSoon<Goroutine<TResult>>(Child<TResult>(GoroutineBodies.ClaimArgument(body.Frame, nameof(body)), BodyKind.Frame, file, line));

    private ValueTask<TGoroutine> StartSoon<TGoroutine>(TGoroutine child)
        where TGoroutine : Goroutine
    {
        try
        {
            if (Admit(child, blocks: false) is StartOperation<TGoroutine> operation)
                return new ValueTask<TGoroutine>(operation, 0);
            Launch(child);
            return new ValueTask<TGoroutine>(child);
        }
        catch (Exception e)
        {
            return ValueTask.FromException<TGoroutine>(e);
        }
    }
}
