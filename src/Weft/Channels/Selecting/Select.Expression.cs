namespace Weft;

/// <content>A select as one expression.</content>
public sealed partial class Select
{
    private Action? _default;

    /// <summary>
    /// Adds a case that receives. A closed and empty channel gives the type's default, as <see cref="Chan{T}.ReceiveAsync"/> does.
    /// </summary>
    /// <typeparam name="T">The type of the channel's values.</typeparam>
    /// <param name="channel">The channel; null: never.</param>
    /// <param name="then">What to do with the value when the case wins.</param>
    /// <returns>This select.</returns>
    public Select OnReceive<T>(Chan<T>? channel, Action<T> then)
    {
        ArgumentNullException.ThrowIfNull(then);
        ReceiveCase<T> added = Receive(channel);
        added.Handler = () => then(added.Value);
        return this;
    }

    /// <summary>Adds a case that receives a value or the news that the channel is closed and empty.</summary>
    /// <typeparam name="T">The type of the channel's values.</typeparam>
    /// <param name="channel">The channel; null: never.</param>
    /// <param name="then">What to do with either when the case wins.</param>
    /// <returns>This select.</returns>
    public Select OnReceiveOrClosed<T>(Chan<T>? channel, Action<Received<T>> then)
    {
        ArgumentNullException.ThrowIfNull(then);
        ReceiveCase<T> added = Receive(channel);
        added.Handler = () => then(new Received<T>(added.Value, added.HasValue));
        return this;
    }

    /// <summary>Adds a case that sends.</summary>
    /// <typeparam name="T">The type of the channel's values.</typeparam>
    /// <param name="channel">The channel; null: never.</param>
    /// <param name="value">What to send.</param>
    /// <param name="then">What to do when it was sent.</param>
    /// <returns>This select.</returns>
    public Select OnSend<T>(Chan<T>? channel, T value, Action? then = null)
    {
        Send(channel, value).Handler = then;
        return this;
    }

    /// <summary>Adds a case that wins after a time.</summary>
    /// <param name="duration">As for <see cref="Timeout"/>.</param>
    /// <param name="then">What to do then.</param>
    /// <returns>This select.</returns>
    public Select OnTimeout(TimeSpan duration, Action? then = null)
    {
        Timeout(duration).Handler = then;
        return this;
    }

    /// <summary>Adds a case that wins when a task has ended.</summary>
    /// <param name="task">The task; null: never.</param>
    /// <param name="then">What to do then.</param>
    /// <returns>This select.</returns>
    public Select OnTask(Task? task, Action? then = null)
    {
        Task(task).Handler = then;
        return this;
    }

    /// <summary>Makes <see cref="RunAsync"/> do this instead of waiting, when no case can go on at once.</summary>
    /// <param name="then">What to do then.</param>
    /// <returns>This select.</returns>
    public Select OnDefault(Action then)
    {
        ArgumentNullException.ThrowIfNull(then);
        _default = then;
        return this;
    }

    /// <summary>
    /// Waits as <see cref="WaitAsync"/> does, or not at all if there is a default, then calls what was given with the case that won.
    /// </summary>
    /// <returns>The index of that case, in the order in which they were added; -1 for the default.</returns>
    /// <inheritdoc cref="WaitAsync"/>
    public async ValueTask<int> RunAsync(CancellationToken cancellationToken = default)
    {
        SelectCase? winner = _default is null ? await WaitAsync(cancellationToken) : TryWait();
        if (winner is null)
            _default!();
        else
            winner.Handler?.Invoke();
        return winner?.Index ?? -1;
    }
}
