using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Sources;
using Weft.Runtime.Core;
using Weft.Runtime.Running;
using Weft.Waiting;

namespace Weft.Channels;

/// <summary>
/// One wait of an adapter's user until the channel can be read from, or written to. It takes part in no exchange.
/// </summary>
internal sealed class WatchOperation : Operation, IValueTaskSource<bool>, IWaiter<WatchOperation>
{
    private Chan _channel = null!;

    // What can end the wait, if anything.
    private CancellationToken _token;
    private CancellationTokenRegistration _registration;

    public WatchOperation? Previous { get; set; }

    public WatchOperation? Following { get; set; }

    /// <summary>Written under the channel's lock.</summary>
    public bool IsListed { get; set; }

    /// <summary>Whether it waits for a value to read; otherwise for room.</summary>
    internal bool IsReader { get; private set; }

    /// <summary>An operation for the goroutine that the calling thread runs, or for a thread that runs none.</summary>
    internal static WatchOperation Begin(Chan channel, ChanWatchers watchers, Goroutine? goroutine, bool isReader)
    {
        WatchOperation? operation = goroutine is null ? null : TakeKept<WatchOperation>(goroutine);
        if (operation is null)
        {
            if (goroutine is { OwnsOperations: false })
                goroutine = null;
            operation = (goroutine is null ? watchers.TakeSpare(isReader) : null) ?? new WatchOperation();
        }

        operation.Begin(goroutine, (isReader ? WaitReason.ChanReceive : WaitReason.ChanSend) | WaitReason.OrOutside);
        operation._channel = channel;
        operation.IsReader = isReader;
        return operation;
    }

    /// <summary>Has a token end the wait. Called once the operation is listed: a cancellation that comes before finds it there.</summary>
    internal void CancelWith(CancellationToken token)
    {
        _token = token;
        _registration = token.UnsafeRegister(static o => ((WatchOperation)o!).Cancel(), this);
    }

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) =>
        Status(token, isEndAnError: _channel.CloseError is not null, _channel.CloseError);

    void IValueTaskSource<bool>.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags) =>
        Await(continuation, state, token, flags);

    bool IValueTaskSource<bool>.GetResult(short token)
    {
        Outcome outcome = End(token);
        Exception? error = outcome == Outcome.Closed ? _channel.CloseError : null;
        bool isKept = true;
        if (_token.CanBeCanceled)
        {
            if (outcome == Outcome.Cancelled)
                throw new OperationCanceledException(_token);

            // A callback that has begun may still look at this operation: then it is not used again.
            isKept = _registration.Unregister();
            if (isKept)
                (_token, _registration) = (default, default);
        }

        if (isKept)
            Keep();
        if (error is not null)
            ExceptionDispatchInfo.Throw(error);
        return outcome == Outcome.Done;
    }

    private protected override void KeepOutside()
    {
        if (TryMakeNew())
            _channel.ExtraOrNull!.Watchers!.KeepSpare(this);
    }

    private void Cancel()
    {
        if (_channel.TryRemoveWatcher(this))
            Complete(Outcome.Cancelled, Machine.Calling);
    }
}
