using Weft.Channels;
using Weft.Scheduling;

namespace Weft;

/// <summary>A receive of a <see cref="Select"/>; made by <see cref="Select.Receive{T}"/>.</summary>
/// <typeparam name="T">The type of the channel's values.</typeparam>
public sealed class ReceiveCase<T> : SelectCase
{
    private readonly SelectWaiter<T> _waiter;
    private Chan<T>? _channel;

    internal ReceiveCase(Select select, int index, Chan<T>? channel)
        : base(select, index)
    {
        _waiter = new SelectWaiter<T>(index);
        _channel = channel;
    }

    /// <summary>The channel to receive from; null switches the case off, as a nil channel does in Go.</summary>
    /// <exception cref="InvalidOperationException">Set while the select waits.</exception>
    public Chan<T>? Channel
    {
        get => _channel;
        set
        {
            Select.NoteChange(value != _channel);
            _channel = value;
        }
    }

    /// <summary>What was received, after the case has won; the type's default when the channel was closed and empty.</summary>
    public T Value { get; private set; } = default!;

    /// <summary>Whether a value was received, after the case has won; false when the channel was closed and empty.</summary>
    public bool Ok { get; private set; }

    internal override Chan? Locked => _channel;

    internal override bool TryNow(out Operation? counterpart)
    {
        Outcome outcome = _channel!.ReceiveNow(out T value, out Waiter<T>? sender);
        counterpart = sender;
        if (outcome == Outcome.Pending)
            return false;
        _waiter.Value = value;
        _waiter.EndedAs = outcome;
        return true;
    }

    internal override void FinishCounterpart(Operation counterpart, Machine? machine) => ((Waiter<T>)counterpart).Finish(Outcome.Done, machine);

    internal override void Enqueue(SelectOperation operation)
    {
        _waiter.Prepare(operation);
        _channel!.QueueOf(isSend: false).Add(_waiter);
    }

    internal override void Leave(bool hasWon)
    {
        if (!hasWon)
            _channel?.TryRemove(_waiter, isSend: false);
    }

    internal override void Conclude()
    {
        Value = _waiter.Value;
        Ok = _waiter.EndedAs == Outcome.Done;
        _waiter.Value = default!;
    }
}
