using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Weft.Channels;

/// <summary>A channel as a <see cref="Channel{T}"/>.</summary>
internal sealed class ChanAdapter<T> : Channel<T>
{
    internal ChanAdapter(Chan<T> channel, ChanWatchers watchers)
    {
        Reader = new ReaderSide(channel, watchers);
        Writer = new WriterSide(channel);
    }

    /// <summary>What reading and writing throw at the channel's end; as in the base class library, a cancellation is thrown as it is.</summary>
    private static Exception Ended(Chan<T> channel) =>
        channel.CloseError is OperationCanceledException cancelled ? cancelled : new ChannelClosedException(channel.CloseError);

    private sealed class ReaderSide(Chan<T> channel, ChanWatchers watchers) : ChannelReader<T>
    {
        public override Task Completion => watchers.Completion.Task;

        public override bool CanCount => true;

        public override int Count => channel.Count;

        public override bool CanPeek => channel.Capacity > 0;

        public override bool TryPeek([MaybeNullWhen(false)] out T item) => channel.TryPeek(out item);

        public override bool TryRead([MaybeNullWhen(false)] out T item) => channel.TryReceive(out item);

        public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) =>
            channel.WatchAsync(isReader: true, cancellationToken);

        public override async ValueTask<T> ReadAsync(CancellationToken cancellationToken = default)
        {
            (T value, bool ok) = await channel.ReceiveOrClosedAsync(cancellationToken).ConfigureAwait(false);
            return ok ? value : throw Ended(channel);
        }
    }

    private sealed class WriterSide(Chan<T> channel) : ChannelWriter<T>
    {
        public override bool TryWrite(T item) => channel.TrySendUnlessClosed(item);

        public override ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default) =>
            channel.WatchAsync(isReader: false, cancellationToken);

        public override async ValueTask WriteAsync(T item, CancellationToken cancellationToken = default)
        {
            try
            {
                await channel.SendAsync(item, cancellationToken).ConfigureAwait(false);
            }
            catch (ChannelClosedException) when (channel.CloseError is not null)
            {
                throw Ended(channel);
            }
        }

        public override bool TryComplete(Exception? error = null) => channel.TryClose(error);
    }
}
