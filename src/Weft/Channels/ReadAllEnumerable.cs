using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Sources;
using Weft.Waiting;

namespace Weft.Channels;

/// <summary>
/// All values of a channel until it is closed and empty, as a reader of System.Threading.Channels gives them; with the error at the end, if
/// it was closed with one. That of the base class goes on on .NET's pool after each wait.
/// </summary>
internal sealed class ReadAllEnumerable<T>(Chan<T> channel, CancellationToken token) : IAsyncEnumerable<T>
{
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        if (!token.CanBeCanceled || token == cancellationToken)
            return new Enumerator(channel, null, cancellationToken);
        if (!cancellationToken.CanBeCanceled)
            return new Enumerator(channel, null, token);
        var both = CancellationTokenSource.CreateLinkedTokenSource(token, cancellationToken);
        return new Enumerator(channel, both, both.Token);
    }

    private sealed class Enumerator(Chan<T> channel, CancellationTokenSource? source, CancellationToken token)
        : IAsyncEnumerator<T>, IValueTaskSource<bool>
    {
        private IValueTaskSource<Received<T>>? _operation;

        public T Current { get; private set; } = default!;

        public ValueTask<bool> MoveNextAsync()
        {
            // What is there is given even so.
            if (token.IsCancellationRequested && channel.TryReceive(out T? left))
            {
                Current = left;
                return new ValueTask<bool>(true);
            }

            if (channel.ReceiveOrBegin(token, out T value, out Outcome outcome) is { } operation)
            {
                _operation = operation;
                return new ValueTask<bool>(this, operation.Version);
            }

            Current = value;
            return outcome == Outcome.Done || channel.CloseError is null
                ? new ValueTask<bool>(outcome == Outcome.Done)
                : Failed(channel.CloseError);
        }

        public ValueTask DisposeAsync()
        {
            source?.Dispose();
            return default;
        }

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
            if (!ok && channel.CloseError is Exception error)
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
}
