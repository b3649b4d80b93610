using System.Runtime.CompilerServices;
using Weft.Channels;
using Weft.Channels.Selecting;
using Weft.Runtime.Core;
using Weft.Waiting;

namespace Weft;

/// <summary>A send of a <see cref="Select"/>; made by <see cref="Select.Send{T}"/>.</summary>
/// <typeparam name="T">The type of the channel's values.</typeparam>
public sealed class SendCase<T> : SelectCase
{
    private readonly SelectWaiter<T> _waiter;
    private T _value = default!;

    internal SendCase(Select select, int index, Chan<T>? channel, T value)
        : this(select, index, channel, new SelectWaiter<T>(index)) => _value = value;

    private SendCase(Select select, int index, Chan<T>? channel, SelectWaiter<T> waiter)
        : base(select, index, channel, waiter, isSend: true) => _waiter = waiter;

    /// <summary>The channel to send to; null switches the case off, as a nil channel does in Go.</summary>
    /// <exception cref="InvalidOperationException">Set while the select waits.</exception>
    public ISendChan<T>? Channel
    {
        get => (Chan<T>?)Target;
        set => ChangeTarget(value?.Chan);
    }

    /// <summary>What is sent if the case wins; may be changed between two waits.</summary>
    /// <exception cref="InvalidOperationException">Set while the select waits.</exception>
    public T Value
    {
        get => _value;
        set
        {
            Select.NoteChange(ofChannel: false);
            _value = value;
            _waiter.Value = value; // it may have kept its place, which nobody can claim now
        }
    }

    private protected override string What => Target is Chan<T> channel ? $"send to {channel.DebugText}" : "send (off)";

    internal override bool TryNow(out Operation? counterpart)
    {
        Outcome outcome = TargetChan.SendNow(_value, out Waiter<T>? receiver);
        counterpart = receiver;
        _waiter.EndedAs = outcome;
        return outcome != Outcome.Pending;
    }

    internal override void FinishCounterpart(Operation counterpart, Machine? machine) =>
        ((Waiter<T>)counterpart).Finish(Outcome.Done, machine);

    internal override void Enqueue(SelectOperation operation)
    {
        _waiter.Value = _value;
        _waiter.Enqueue(TargetChan, isSend: true, operation);
    }

    internal override void WithdrawPlace()
    {
        if (_waiter.IsQueued)
            TargetChan.TryRemove(_waiter, isSend: true);
        _waiter.Value = default!;
    }

    internal override void Conclude()
    {
        if (_waiter.EndedAs == Outcome.Closed)
            throw Chan<T>.SendOnClosed();
    }

    // A cast would be checked in each wait: the constructor and Channel put nothing else there.
    private Chan<T> TargetChan => Unsafe.As<Chan<T>>(Target!);
}
