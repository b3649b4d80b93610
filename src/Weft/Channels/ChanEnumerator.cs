using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Sources;
using Weft.Waiting;

namespace Weft.Channels;

/// <summary>
/// Receives one value after the other until the channel is closed and empty. It is made once a loop; waiting allocates nothing more.
/// </summary>
internal class ChanEnumerator<T>(Chan<T> channel, CancellationToken token) : IAsyncEnumerator<T>, IValueTaskSource<bool>
{
    private IValueTaskSource<Received<T>>? _operation;

    public T Current { get; private protected set; } = default!;

    private protected Chan<T> Channel => channel;

    private protected CancellationToken Token => token;

    /// <summary>What the end throws; null when it only ends.</summary>
    private protected virtual Exception? EndError => null;

    public virtual ValueTask<bool> MoveNextAsync()
    {
        if (channel.ReceiveOrBegin(token, out T value, out Outcome outcome) is { } operation)
        {
            _operation = operation;
            return new ValueTask<bool>(this, operation.Version);
        }

        Current = value;
        return outcome == Outcome.Done || EndError is not Exception error ? new ValueTask<bool>(outcome == Outcome.Done) : Failed(error);
    }

    public virtual ValueTask DisposeAsync() => default;

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _operation!.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags) =>
        _operation!.OnCompleted(continuation, state, token, flags);

    bool IValueTaskSource<bool>.GetResult(short token)
    {
        (Current, bool ok) = _operation!.GetResult(token);
        if (!ok && EndError is Exception error)
            ExceptionDispatchInfo.Throw(error);
        return ok;
    }

    private static ValueTask<bool> Failed(Exception error)
    {
        var failed = Task.FromException<bool>(error);
        _ = failed.Exception; // a caller that does not await it has overlooked nothing
        return new ValueTask<bool>(failed);
    }
}
