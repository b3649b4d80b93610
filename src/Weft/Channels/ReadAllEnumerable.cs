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
        : ChanEnumerator<T>(channel, token)
    {
        private protected override Exception? EndError => Channel.CloseError;

        public override ValueTask<bool> MoveNextAsync()
        {
            // What is there is given even so.
            if (Token.IsCancellationRequested && Channel.TryReceive(out T? left))
            {
                Current = left;
                return new ValueTask<bool>(true);
            }

            return base.MoveNextAsync();
        }

        public override ValueTask DisposeAsync()
        {
            source?.Dispose();
            return base.DisposeAsync();
        }
    }
}
