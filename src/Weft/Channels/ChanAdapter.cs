using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Weft.Waiting;

namespace Weft.Channels;

/// <summary>
/// A channel as a <see cref="Channel{T}"/>. Its reader and writer give out the channel's own operations: no task, no thread of the pool.
/// </summary>
internal sealed class ChanAdapter<T> : Channel<T>
{
    internal ChanAdapter(Chan<T> channel, ChanWatchers watchers)
    {
        Reader = new ReaderSide(channel, watchers);
        Writer = new WriterSide(channel);
    }

    private sealed class ReaderSide(Chan<T> channel, ChanWatchers watchers) : ChannelReader<T>
    {
        public override Task Completion => watchers.Completion.Task;

        public override bool CanCount => true;

        public override int Count => channel.Count;

        public override bool CanPeek => channel.Capacity > 0;

        public override bool TryPeek([MaybeNullWhen(false)] out T item) => channel.TryPeek(out item);

        public override bool TryRead([MaybeNullWhen(false)] out T item) => channel.TryReceive(out item);

        public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) =>
            channel.WatchAsync(watchers, isReader: true, cancellationToken);

        public override ValueTask<T> ReadAsync(CancellationToken cancellationToken = default)
        {
            ChanOperation<T>? operation = channel.ReceiveOrBegin(cancellationToken, out T value, out Outcome outcome);
            if (operation is null)
            {
                if (outcome == Outcome.Done)
                    return new ValueTask<T>(value);
                operation = ChanOperation<T>.Failed(Outcome.Closed, default);
            }

            operation.TellEndOf(channel);
            return new ValueTask<T>(operation, operation.Version);
        }

        public override IAsyncEnumerable<T> ReadAllAsync(CancellationToken cancellationToken = default) =>
            new ReadAllEnumerable<T>(channel, cancellationToken);
    }

    private sealed class WriterSide(Chan<T> channel) : ChannelWriter<T>
    {
        public override bool TryWrite(T item) => channel.TrySendUnlessClosed(item);

        public override ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default) =>
            channel.WatchAsync(channel.ExtraOrNull!.Watchers!, isReader: false, cancellationToken);

        public override ValueTask WriteAsync(T item, CancellationToken cancellationToken = default)
        {
            SendAwaitable sending = channel.SendAsync(item, cancellationToken);
            if (sending.Operation is ChanOperation<T> operation)
                operation.TellEndOf(channel);
            return sending.AsValueTask();
        }

        public override bool TryComplete(Exception? error = null) => channel.TryClose(error);
    }
}
