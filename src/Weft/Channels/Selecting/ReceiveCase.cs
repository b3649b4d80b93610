using System.Runtime.CompilerServices;
using Weft.Channels;
using Weft.Channels.Selecting;
using Weft.Runtime.Core;
using Weft.Waiting;

namespace Weft;

/// <summary>A receive of a <see cref="Select"/>; made by <see cref="Select.Receive{T}"/>.</summary>
/// <typeparam name="T">The type of the channel's values.</typeparam>
public sealed class ReceiveCase<T> : SelectCase
{
    private readonly SelectWaiter<T> _waiter;

    internal ReceiveCase(Select select, int index, Chan<T>? channel)
        : this(select, index, channel, new SelectWaiter<T>(index))
    {
    }

    private ReceiveCase(Select select, int index, Chan<T>? channel, SelectWaiter<T> waiter)
        : base(select, index, channel, waiter) => _waiter = waiter;

    /// <summary>The channel to receive from; null switches the case off, as a nil channel does in Go.</summary>
    /// <exception cref="InvalidOperationException">Set while the select waits.</exception>
    public IReceiveChan<T>? Channel
    {
        get => (Chan<T>?)Target;
        set => ChangeTarget(value?.Chan);
    }

    /// <summary>What was received, after the case has won; the type's default when the channel was closed and empty.</summary>
    public T Value { get; private set; } = default!;

    /// <summary>Whether a value was received, after the case has won; false when the channel was closed and empty.</summary>
    public bool HasValue { get; private set; }

    private protected override string What => Target is Chan<T> channel ? $"receive from {channel.DebugText}" : "receive (off)";

    internal override bool TryNow(out Operation? counterpart)
    {
        Outcome outcome = TargetChan.ReceiveNow(out T value, out Waiter<T>? sender);
        counterpart = sender;
        if (outcome == Outcome.Pending)
            return false;
        _waiter.Value = value;
        _waiter.EndedAs = outcome;
        return true;
    }

    internal override void FinishCounterpart(Operation counterpart, Machine? machine) =>
        ((Waiter<T>)counterpart).Finish(Outcome.Done, machine);

    internal override void Enqueue(SelectOperation operation) => _waiter.Enqueue(TargetChan, isSend: false, operation);

    internal override void WithdrawPlace()
    {
        if (_waiter.IsQueued)
            TargetChan.TryRemove(_waiter, isSend: false);
    }

    internal override void GiveBack()
    {
        if (_waiter.EndedAs == Outcome.Done)
            TargetChan.GiveBack(_waiter.Value);
        _waiter.Value = default!;
    }

    internal override void Conclude()
    {
        Value = _waiter.Value;
        HasValue = _waiter.EndedAs == Outcome.Done;
        _waiter.Value = default!;
    }

    // A cast would be checked in each wait: the constructor and Channel put nothing else there.
    private Chan<T> TargetChan => Unsafe.As<Chan<T>>(Target!);
}
