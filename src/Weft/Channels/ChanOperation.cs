using System.Threading.Channels;
using System.Threading.Tasks.Sources;
using Weft.Runtime.Core;
using Weft.Runtime.Running;
using Weft.Waiting;

namespace Weft.Channels;

/// <summary>
/// One send or receive that waits, and is awaited. One class serves both directions: a goroutine that sends and receives in turn keeps one
/// operation for both.
/// </summary>
internal sealed class ChanOperation<T> : Waiter<T>, IValueTaskSource<T>, IValueTaskSource<Received<T>>
{
    private bool _isSend;

    // Its awaiter is told of the channel's end as by System.Threading.Channels.
    private bool _tellsEnd;
    private Chan<T> _channel = null!;

    // What can end the wait, if anything.
    private CancellationToken _token;
    private CancellationTokenRegistration _registration;

    /// <summary>An operation for the goroutine that the calling thread runs, or for a thread that runs none.</summary>
    internal static ChanOperation<T> Begin(Chan<T> channel, Goroutine? goroutine, bool isSend)
    {
        ChanOperation<T>? operation = goroutine is null ? null : TakeKept<ChanOperation<T>>(goroutine);
        if (operation is null)
        {
            if (goroutine is { OwnsOperations: false })
                goroutine = null;
            operation = (goroutine is null ? channel.ExtraOrNull?.Watchers?.TakeSpare<T>(isSend) : null) ?? new ChanOperation<T>();
            if (goroutine is not null)
                operation.ListFor(goroutine);
        }

        operation.Begin(goroutine, channel.Reason(isSend ? WaitReason.ChanSend : WaitReason.ChanReceive));
        if (operation._channel != channel)
            operation._channel = channel;
        operation._isSend = isSend;
        return operation;
    }

    /// <summary>An operation that has failed already.</summary>
    internal static ChanOperation<T> Failed(Outcome outcome, CancellationToken token)
    {
        var operation = new ChanOperation<T> { _token = token };
        operation.Begin(null, WaitReason.Await);
        operation.Complete(outcome, null);
        return operation;
    }

    /// <summary>
    /// Has a token end the wait. Called once the operation is in the channel's queue: a cancellation takes it out there. If the counterpart
    /// has taken it out before, the cancellation does nothing.
    /// </summary>
    internal void CancelWith(CancellationToken token)
    {
        _token = token;
        NoteOutside();
        _registration = token.UnsafeRegister(static o => ((ChanOperation<T>)o!).Cancel(), this);
    }

    /// <summary>
    /// For the channel's adapter: the end of the channel is an exception. Called by the code that has begun the operation, before it is
    /// awaited.
    /// </summary>
    internal void TellEndOf(Chan<T> channel)
    {
        _channel = channel;
        _tellsEnd = true;
    }

    ValueTaskSourceStatus IValueTaskSource<T>.GetStatus(short token) => SendStatus(token);

    private protected override ValueTaskSourceStatus SendStatus(short token) =>
        _tellsEnd ? Status(token, isEndAnError: true, _channel.CloseError) : Status(token);

    ValueTaskSourceStatus IValueTaskSource<Received<T>>.GetStatus(short token) => Status(token);

    void IValueTaskSource<T>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        Await(continuation, state, token, flags);

    void IValueTaskSource<Received<T>>.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags) =>
        Await(continuation, state, token, flags);

    T IValueTaskSource<T>.GetResult(short token)
    {
        bool tellsEnd = _tellsEnd;
        (T value, Outcome outcome) = GetResult(token);
        return outcome == Outcome.Closed && tellsEnd ? throw EndOfChannel : value;
    }

    Received<T> IValueTaskSource<Received<T>>.GetResult(short token) => GetReceived(token);

    internal override void EndSend(short token)
    {
        bool tellsEnd = _tellsEnd;
        if (GetResult(token).Outcome == Outcome.Closed)
            throw tellsEnd && _channel.CloseError is not null ? EndOfChannel : Chan<T>.SendOnClosed();
    }

    internal Received<T> GetReceived(short token)
    {
        (T value, Outcome outcome) = GetResult(token);
        return new Received<T>(value, outcome == Outcome.Done);
    }

    internal (T Value, Outcome Outcome) GetResult(short token)
    {
        Outcome outcome = End(token);
        T value = Value;
        Value = default!;
        if (_token.CanBeCanceled)
        {
            if (outcome == Outcome.Cancelled)
                throw new OperationCanceledException(_token);

            // A callback that has begun may still look at this operation: then it is not used again.
            if (!_registration.Unregister())
                return (value, outcome);
            _token = default;
            _registration = default;
        }

        _tellsEnd = false;
        Keep();
        return (value, outcome);
    }

    /// <summary>A cancellation is thrown as it is; with anything else, or with no reason, the channel is closed.</summary>
    private Exception EndOfChannel =>
        _channel.CloseError is OperationCanceledException cancelled ? cancelled : new ChannelClosedException(_channel.CloseError);

    private protected override void KeepOutside()
    {
        if (_channel?.ExtraOrNull?.Watchers is ChanWatchers watchers && TryMakeNew())
            watchers.KeepSpare(this, _isSend);
    }

    internal override void OnNeverRun()
    {
        if (!_isSend && OutcomeSoFar == Outcome.Done && TryClaimLeft())
            _channel.GiveBack(Value);
    }

    private protected override void Withdraw()
    {
        if (!_channel.TryRemove(this, _isSend))
            OnNeverRun();
    }

    private void Cancel()
    {
        if (_channel.TryRemove(this, _isSend))
            Complete(Outcome.Cancelled, Machine.Calling);
    }
}
