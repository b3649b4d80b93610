using System.Threading.Channels;
using Weft.Channels;
using Weft.Runtime.Core;
using Weft.Waiting;

namespace Weft;

/// <content>The channel for code that takes a <see cref="Channel{T}"/>.</content>
public sealed partial class Chan<T>
{
    /// <summary>
    /// The channel as one of System.Threading.Channels, for every library that takes those: the same values, waiters and end. The reader's
    /// <see cref="ChannelReader{T}.ReadAsync"/> throws when the channel is closed and empty, the writer's
    /// <see cref="ChannelWriter{T}.TryComplete"/> closes it, and the error given there is what readers are told; an
    /// <see cref="OperationCanceledException"/> cancels them.
    /// </summary>
    /// <remarks>
    /// On an unbuffered channel <see cref="ChannelReader{T}.WaitToReadAsync"/> waits for a sender and
    /// <see cref="ChannelWriter{T}.WaitToWriteAsync"/> for a receiver that has come: two sides that both only wait so never meet. Let one
    /// of them use ReadAsync or WriteAsync. What waits here may be woken from outside goroutines, so it does not count as a deadlock.
    /// </remarks>
    /// <returns>The same object each time.</returns>
    /// <example>
    /// <code>
    /// ChannelReader&lt;int&gt; reader = numbers.AsChannel().Reader;
    /// await foreach (int number in reader.ReadAllAsync())
    ///     Console.WriteLine(number);
    /// </code>
    /// </example>
    public Channel<T> AsChannel()
    {
        ChanExtra extra = Extra;
        Lock();
        NoteUser(null);
        extra.Watchers ??= new ChanWatchers();
        NoteWatcher();
        Unlock();
        if (extra.Adapter is Channel<T> known)
            return known;
        NotifyWatchers(); // it may be closed already
        var made = new ChanAdapter<T>(this, extra.Watchers);
        return (Channel<T>)(Interlocked.CompareExchange(ref extra.Adapter, made, null) ?? made);
    }

    /// <summary>Looks at the oldest value that the channel holds.</summary>
    internal bool TryPeek(out T value)
    {
        Lock();
        bool any = _count > 0;
        value = any ? _buffer![_head] : default!;
        Unlock();
        return any;
    }

    /// <summary>Waits until a receive, or a send, would not have to wait; false once that will never be.</summary>
    internal ValueTask<bool> WatchAsync(ChanWatchers watchers, bool isReader, CancellationToken token)
    {
        if (token.IsCancellationRequested)
            return ValueTask.FromCanceled<bool>(token);
        Machine? machine = Machine.Calling;
        Lock();

        // Either a select whose wait is opened now sees that it is watched, and tells, or the wait is seen here to be open.
        Interlocked.MemoryBarrier();
        bool can = isReader ? CanReceive : CanSend;
        bool isClosed = IsClosedLocked;
        WatchOperation operation;
        if (!can && !isClosed)
        {
            operation = WatchOperation.Begin(this, watchers, machine?.Current, isReader);
            watchers.Add(operation);
            Unlock();
            if (token.CanBeCanceled)
                operation.CancelWith(token);
            return new ValueTask<bool>(operation, operation.Version);
        }

        Unlock();
        if (can && machine is { Current: { } goroutine } && machine.SpendBudget())
        {
            operation = WatchOperation.Begin(this, watchers, goroutine, isReader);
            operation.EndAfterTurn(Outcome.Done);
            return new ValueTask<bool>(operation, operation.Version);
        }

        if (can || CloseError is null)
            return new ValueTask<bool>(can);
        operation = WatchOperation.Begin(this, watchers, null, isReader);
        operation.Complete(Outcome.Closed, null);
        return new ValueTask<bool>(operation, operation.Version);
    }

    private bool CanReceive => _count > 0 || _senders.AnyOpen();

    private bool CanSend => !IsClosedLocked && (_count < Capacity || _receivers.AnyOpen());

    private protected override ChanWatchers.Notice TakeNotice(ChanWatchers watchers)
    {
        Lock();
        ChanWatchers.Notice notice = watchers.Take(CanReceive, CanSend, IsClosedLocked, IsClosedLocked && !CanReceive);
        Unlock();
        return notice;
    }
}
