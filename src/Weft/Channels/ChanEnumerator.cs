using System.Threading.Tasks.Sources;
using Weft.Waiting;

namespace Weft.Channels;

/// <summary>
/// Receives one value after the other until the channel is closed and empty. It is made once a loop; waiting allocates nothing more.
/// </summary>
internal sealed class ChanEnumerator<T>(Chan<T> channel, CancellationToken token) : IAsyncEnumerator<T>, IValueTaskSource<bool>
{
    private IValueTaskSource<Received<T>>? _operation;

    public T Current { get; private set; } = default!;

    public ValueTask<bool> MoveNextAsync()
    {
        if (channel.ReceiveOrBegin(token, out T value, out Outcome outcome) is { } operation)
        {
            _operation = operation;
            return new ValueTask<bool>(this, operation.Version);
        }

        Current = value;
        return new ValueTask<bool>(outcome == Outcome.Done);
    }

    public ValueTask DisposeAsync() => default;

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
        return ok;
    }
}
