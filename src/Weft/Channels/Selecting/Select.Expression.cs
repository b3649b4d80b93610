using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Weft;

/// <content>
/// A select as one expression. Each kind of case takes a synchronous or an asynchronous handler; an async lambda is the latter, and so is a
/// lambda whose call gives a <see cref="ValueTask"/> or converts to one. The forms that take such a handler are preferred: the compiler
/// would take <c>n => other.SendAsync(n)</c> for an action, and the send would be lost.
/// </content>
public sealed partial class Select
{
    private Delegate? _default;

    // A case, or the default, has a handler.
    private bool _hasHandlers;

    /// <summary>
    /// Adds a case that receives. A closed and empty channel gives the type's default, as <see cref="Chan{T}.ReceiveAsync"/> does.
    /// </summary>
    /// <typeparam name="T">The type of the channel's values.</typeparam>
    /// <param name="channel">The channel; null: never.</param>
    /// <param name="then">What to do with the value when the case wins; null: nothing.</param>
    /// <returns>This select.</returns>
    public Select OnReceive<T>(IReceiveChan<T>? channel, Action<T>? then = null)
    {
        ReceiveCase<T> added = Receive(channel);
        return Handle(added, then is null ? null : () => then(added.Value));
    }

    /// <inheritdoc cref="OnReceive{T}(IReceiveChan{T}, Action{T})"/>
    /// <param name="channel">The channel; null: never.</param>
    /// <param name="then">What to do with the value when the case wins; <see cref="RunAsync"/> awaits it.</param>
    public Select OnReceive<T>(IReceiveChan<T>? channel, Func<T, Task> then)
    {
        ArgumentNullException.ThrowIfNull(then);
        ReceiveCase<T> added = Receive(channel);
        return Handle(added, () => then(added.Value));
    }

    /// <inheritdoc cref="OnReceive{T}(IReceiveChan{T}, Func{T, Task})"/>
    [OverloadResolutionPriority(1)]
    public Select OnReceive<T>(IReceiveChan<T>? channel, Func<T, ValueTask> then)
    {
        ArgumentNullException.ThrowIfNull(then);
        ReceiveCase<T> added = Receive(channel);
        return Handle(added, () => then(added.Value));
    }

    /// <summary>Adds a case that receives a value or the news that the channel is closed and empty.</summary>
    /// <typeparam name="T">The type of the channel's values.</typeparam>
    /// <param name="channel">The channel; null: never.</param>
    /// <param name="then">What to do with either when the case wins; null: nothing.</param>
    /// <returns>This select.</returns>
    public Select OnReceiveOrClosed<T>(IReceiveChan<T>? channel, Action<Received<T>>? then = null)
    {
        ReceiveCase<T> added = Receive(channel);
        return Handle(added, then is null ? null : () => then(new Received<T>(added.Value, added.HasValue)));
    }

    /// <inheritdoc cref="OnReceiveOrClosed{T}(IReceiveChan{T}, Action{Received{T}})"/>
    /// <param name="channel">The channel; null: never.</param>
    /// <param name="then">What to do with either when the case wins; <see cref="RunAsync"/> awaits it.</param>
    public Select OnReceiveOrClosed<T>(IReceiveChan<T>? channel, Func<Received<T>, Task> then)
    {
        ArgumentNullException.ThrowIfNull(then);
        ReceiveCase<T> added = Receive(channel);
        return Handle(added, () => then(new Received<T>(added.Value, added.HasValue)));
    }

    /// <inheritdoc cref="OnReceiveOrClosed{T}(IReceiveChan{T}, Func{Received{T}, Task})"/>
    [OverloadResolutionPriority(1)]
    public Select OnReceiveOrClosed<T>(IReceiveChan<T>? channel, Func<Received<T>, ValueTask> then)
    {
        ArgumentNullException.ThrowIfNull(then);
        ReceiveCase<T> added = Receive(channel);
        return Handle(added, () => then(new Received<T>(added.Value, added.HasValue)));
    }

    /// <summary>Adds a case that sends.</summary>
    /// <typeparam name="T">The type of the channel's values.</typeparam>
    /// <param name="channel">The channel; null: never.</param>
    /// <param name="value">What to send.</param>
    /// <param name="then">What to do when it was sent; null: nothing.</param>
    /// <returns>This select.</returns>
    public Select OnSend<T>(ISendChan<T>? channel, T value, Action? then = null) => Handle(Send(channel, value), then);

    /// <inheritdoc cref="OnSend{T}(ISendChan{T}, T, Action)"/>
    /// <param name="channel">The channel; null: never.</param>
    /// <param name="value">What to send.</param>
    /// <param name="then">What to do when it was sent; <see cref="RunAsync"/> awaits it.</param>
    public Select OnSend<T>(ISendChan<T>? channel, T value, Func<Task> then) => Handle(Send(channel, value), NotNull(then));

    /// <inheritdoc cref="OnSend{T}(ISendChan{T}, T, Func{Task})"/>
    [OverloadResolutionPriority(1)]
    public Select OnSend<T>(ISendChan<T>? channel, T value, Func<ValueTask> then) => Handle(Send(channel, value), NotNull(then));

    /// <summary>Adds a case that wins after a time.</summary>
    /// <param name="duration">As for <see cref="Timeout"/>.</param>
    /// <param name="then">What to do then; null: nothing.</param>
    /// <returns>This select.</returns>
    public Select OnTimeout(TimeSpan duration, Action? then = null) => Handle(Timeout(duration), then);

    /// <inheritdoc cref="OnTimeout(TimeSpan, Action)"/>
    /// <param name="duration">As for <see cref="Timeout"/>.</param>
    /// <param name="then">What to do then; <see cref="RunAsync"/> awaits it.</param>
    public Select OnTimeout(TimeSpan duration, Func<Task> then) => Handle(Timeout(duration), NotNull(then));

    /// <inheritdoc cref="OnTimeout(TimeSpan, Func{Task})"/>
    [OverloadResolutionPriority(1)]
    public Select OnTimeout(TimeSpan duration, Func<ValueTask> then) => Handle(Timeout(duration), NotNull(then));

    /// <summary>Adds a case that wins when a task has ended.</summary>
    /// <param name="task">The task; null: never.</param>
    /// <param name="then">What to do then; null: nothing.</param>
    /// <returns>This select.</returns>
    public Select OnTask(Task? task, Action? then = null) => Handle(Task(task), then);

    /// <inheritdoc cref="OnTask(System.Threading.Tasks.Task, Action)"/>
    /// <param name="task">The task; null: never.</param>
    /// <param name="then">What to do then; <see cref="RunAsync"/> awaits it.</param>
    public Select OnTask(Task? task, Func<Task> then) => Handle(Task(task), NotNull(then));

    /// <inheritdoc cref="OnTask(System.Threading.Tasks.Task, Func{System.Threading.Tasks.Task})"/>
    [OverloadResolutionPriority(1)]
    public Select OnTask(Task? task, Func<ValueTask> then) => Handle(Task(task), NotNull(then));

    /// <summary>Adds a case that wins when a token is cancelled.</summary>
    /// <param name="token">As for <see cref="Cancelled"/>.</param>
    /// <param name="then">What to do then; null: nothing.</param>
    /// <returns>This select.</returns>
    [SuppressMessage("Design", "CA1068", Justification = "The handler stands last in every form; the token is what is waited for.")]
    public Select OnCancelled(CancellationToken token, Action? then = null) => Handle(Cancelled(token), then);

    /// <inheritdoc cref="OnCancelled(CancellationToken, Action)"/>
    /// <param name="token">As for <see cref="Cancelled"/>.</param>
    /// <param name="then">What to do then; <see cref="RunAsync"/> awaits it.</param>
    [SuppressMessage("Design", "CA1068", Justification = "The handler stands last in every form; the token is what is waited for.")]
    public Select OnCancelled(CancellationToken token, Func<Task> then) => Handle(Cancelled(token), NotNull(then));

    /// <inheritdoc cref="OnCancelled(CancellationToken, Func{Task})"/>
    [OverloadResolutionPriority(1)]
    [SuppressMessage("Design", "CA1068", Justification = "The handler stands last in every form; the token is what is waited for.")]
    public Select OnCancelled(CancellationToken token, Func<ValueTask> then) => Handle(Cancelled(token), NotNull(then));

    /// <summary>Makes <see cref="RunAsync"/> do this instead of waiting, when no case can go on at once.</summary>
    /// <param name="then">What to do then.</param>
    /// <returns>This select.</returns>
    public Select OnDefault(Action then) => HandleDefault(NotNull(then));

    /// <inheritdoc cref="OnDefault(Action)"/>
    /// <param name="then">What to do then; <see cref="RunAsync"/> awaits it.</param>
    public Select OnDefault(Func<Task> then) => HandleDefault(NotNull(then));

    /// <inheritdoc cref="OnDefault(Func{Task})"/>
    [OverloadResolutionPriority(1)]
    public Select OnDefault(Func<ValueTask> then) => HandleDefault(NotNull(then));

    /// <summary>
    /// Waits as <see cref="WaitAsync"/> does, or not at all if there is a default, then calls what was given with the case that won, and
    /// awaits it if it is asynchronous. An exception that leaves it leaves this method.
    /// </summary>
    /// <remarks>
    /// A handler is awaited if it is an async lambda or gives a <see cref="Task"/>, a <see cref="ValueTask"/> or what converts to one, as
    /// <c>n => other.SendAsync(n)</c> does. A lambda that gives anything else is an action, whose value is dropped. So a
    /// <see cref="ValueTask{T}"/>, or what converts to one, needs an async lambda, <c>async n => await other.ReceiveAsync()</c>; and a
    /// <see cref="GoroutineBody"/> has to be started, <c>n => Go.Start(F(n))</c>.
    /// </remarks>
    /// <param name="cancellationToken">Ends the wait with an <see cref="OperationCanceledException"/>; nothing is sent or received, and no
    /// handler is called then.</param>
    /// <returns>The index of that case, in the order in which they were added; -1 for the default.</returns>
    /// <exception cref="System.Threading.Channels.ChannelClosedException">The case that was met is a send to a closed channel.</exception>
    /// <exception cref="InvalidOperationException">The select waits already, or a handler gave null instead of a task.</exception>
    /// <example>
    /// <code>
    /// await new Select()
    ///     .OnReceive(numbers, async n => await doubled.SendAsync(2 * n))
    ///     .OnCancelled(cancellationToken, () => Console.WriteLine("cancelled"))
    ///     .RunAsync();
    /// </code>
    /// </example>
    public async ValueTask<int> RunAsync(CancellationToken cancellationToken = default)
    {
        SelectCase? winner = _default is null ? await BeginWait(cancellationToken) : TryWaitOnce();
        switch (winner is null ? _default : winner.Handler)
        {
            case Action then:
                then();
                break;
            case Func<Task> then:
                await (then() ?? throw new InvalidOperationException(
                    "The handler of a select gave null. Return a task, such as Task.CompletedTask."));
                break;
            case Func<ValueTask> then:
                await then();
                break;
        }

        return winner?.Index ?? -1;
    }

    private Select Handle(SelectCase added, Delegate? then)
    {
        added.Handler = then;
        _hasHandlers |= then is not null;
        return this;
    }

    private Select HandleDefault(Delegate then)
    {
        _default = then;
        _hasHandlers = true;
        return this;
    }

    private void CheckNoHandlers([CallerMemberName] string? member = null)
    {
        if (_hasHandlers)
            ThrowHandlers(member);
    }

    private static void ThrowHandlers(string? member) => throw new InvalidOperationException(
        $"{member} would not call the handlers that were given to OnReceive and its like. Use {nameof(RunAsync)}, or add the cases with "
        + "Receive, Send, Timeout, Task and Cancelled, and look at the case that has won.");

    private static Delegate NotNull(Delegate then, [CallerArgumentExpression(nameof(then))] string? name = null)
    {
        ArgumentNullException.ThrowIfNull(then, name);
        return then;
    }
}
