using Weft.Channels;
using Weft.Scheduling;

namespace Weft;

/// <summary>A send of a <see cref="Select"/>; made by <see cref="Select.Send{T}"/>.</summary>
/// <typeparam name="T">The type of the channel's values.</typeparam>
public sealed class SendCase<T> : SelectCase
{
    private readonly SelectWaiter<T> _waiter;
    private Chan<T>? _channel;

    internal SendCase(Select select, int index, Chan<T>? channel, T value)
        : base(select, index)
    {
        _waiter = new SelectWaiter<T>(index);
        _channel = channel;
        Value = value;
    }

    /// <summary>The channel to send to; null switches the case off, as a nil channel does in Go.</summary>
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

    /// <summary>What is sent if the case wins; may be changed between two waits.</summary>
    public T Value { get; set; }

    internal override Chan? Locked => _channel;

    internal override bool TryNow(out Operation? counterpart)
    {
        Outcome outcome = _channel!.SendNow(Value, out Waiter<T>? receiver);
        counterpart = receiver;
        _waiter.EndedAs = outcome;
        return outcome != Outcome.Pending;
    }

    internal override void FinishCounterpart(Operation counterpart, Machine? machine) => ((Waiter<T>)counterpart).Finish(Outcome.Done, machine);

    internal override void Enqueue(SelectOperation operation)
    {
        _waiter.Value = Value;
        _waiter.Prepare(operation);
        _channel!.QueueOf(isSend: true).Add(_waiter);
    }

    internal override void Leave(bool hasWon)
    {
        if (!hasWon)
            _channel?.TryRemove(_waiter, isSend: true);
        _waiter.Value = default!;
    }

    internal override void Conclude()
    {
        if (_waiter.EndedAs == Outcome.Closed)
            throw Chan<T>.SendOnClosed();
    }
}
