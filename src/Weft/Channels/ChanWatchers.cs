using Weft.Runtime.Core;
using Weft.Runtime.Host;
using Weft.Waiting;

namespace Weft.Channels;

/// <summary>
/// The watchers of a channel, which wait until it can be read from or written to and take part in no exchange; and the channel's end, for
/// its adapter. Guarded by the channel's lock, but for what <see cref="Notice"/> carries out of it, and for the spare operations.
/// </summary>
/// <remarks>
/// <b>No watcher is missed.</b>
/// Publisher: the code that changes the channel does so under its lock, gives the lock up, and reads without it whether there are watchers
/// (<see cref="Chan.NotifyWatchers"/>, <see cref="Listens"/>).
/// Looker: the watcher takes the lock, looks at the channel, adds itself if the channel is not ready, and gives the lock up.
/// Fences: the lock's.
/// Therefore: if the watcher had the lock first, the publisher has it later, so it reads the lists with the watcher. Otherwise the watcher
/// sees the change, and does not wait.
/// Model: none; the lock orders the two.
/// </remarks>
internal sealed class ChanWatchers
{
    private WaiterList<WatchOperation> _readers;
    private WaiterList<WatchOperation> _writers;
    private bool _isEndTold;

    // Operations that a thread without a goroutine has used, for the next such thread: of the channel itself, and of watchers.
    private object? _spareReceive;
    private object? _spareSend;
    private WatchOperation? _spareReader;
    private WatchOperation? _spareWriter;

    /// <summary>Ends when the channel is closed and empty.</summary>
    internal TaskCompletionSource Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The number of watchers; walks the lists.</summary>
    internal int Count => Length(_readers) + Length(_writers);

    /// <summary>
    /// Whether a change is to be told. For the thread that has made the change under the lock, and has given the lock up.
    /// </summary>
    internal bool Listens(bool isClosed) => !_readers.IsEmpty || !_writers.IsEmpty || (isClosed && !_isEndTold);

    internal void Add(WatchOperation watcher)
    {
        if (watcher.IsReader)
            _readers.AddLast(watcher);
        else
            _writers.AddLast(watcher);
    }

    /// <summary>Takes a watcher that was cancelled out; false if it is being told already.</summary>
    internal bool TryRemove(WatchOperation watcher)
    {
        if (!watcher.IsListed)
            return false;
        if (watcher.IsReader)
            _readers.Remove(watcher);
        else
            _writers.Remove(watcher);
        return true;
    }

    /// <summary>Takes out the watchers that are to be told.</summary>
    internal Notice Take(bool canRead, bool canWrite, bool isClosed, bool isDrained)
    {
        bool endsNow = isDrained && !_isEndTold;
        _isEndTold |= isDrained;
        return new Notice(
            canRead || isDrained ? _readers.TakeAll() : default,
            canWrite || isClosed ? _writers.TakeAll() : default,
            canRead ? Outcome.Done : Outcome.Closed,
            canWrite && !isClosed ? Outcome.Done : Outcome.Closed,
            endsNow ? Completion : null);
    }

    // Not under the lock: the thread that exchanges null for one has it alone.

    internal WatchOperation? TakeSpare(bool isReader) => Interlocked.Exchange(ref isReader ? ref _spareReader : ref _spareWriter, null);

    internal void KeepSpare(WatchOperation spare) => Volatile.Write(ref spare.IsReader ? ref _spareReader : ref _spareWriter, spare);

    internal ChanOperation<T>? TakeSpare<T>(bool isSend) =>
        (ChanOperation<T>?)Interlocked.Exchange(ref isSend ? ref _spareSend : ref _spareReceive, null);

    internal void KeepSpare<T>(ChanOperation<T> spare, bool isSend) =>
        Volatile.Write(ref isSend ? ref _spareSend : ref _spareReceive, spare);

    private static int Length(WaiterList<WatchOperation> list)
    {
        int count = 0;
        for (WatchOperation? watcher = list.First; watcher is not null; watcher = watcher.Following)
            count++;
        return count;
    }

    /// <summary>What is to be told once the lock is given up.</summary>
    internal readonly struct Notice(
        WaiterList<WatchOperation> readers,
        WaiterList<WatchOperation> writers,
        Outcome read,
        Outcome written,
        TaskCompletionSource? completion)
    {
        internal void Tell(Exception? error)
        {
            if (completion is not null)
                CleanThread.Do(static c => End(c.completion, c.error), (completion, error));
            Machine? machine = Machine.Calling;
            Tell(readers, read, machine);
            Tell(writers, written, machine);
        }

        private static void Tell(WaiterList<WatchOperation> watchers, Outcome outcome, Machine? machine)
        {
            while (watchers.RemoveFirst() is WatchOperation watcher)
                watcher.Complete(outcome, machine);
        }

        private static void End(TaskCompletionSource completion, Exception? error)
        {
            if (error is OperationCanceledException cancelled)
                completion.TrySetCanceled(cancelled.CancellationToken);
            else if (error is not null)
                completion.TrySetException(error);
            else
                completion.TrySetResult();

            // Nobody need look at how a channel has ended: that is no error that was overlooked.
            _ = completion.Task.Exception;
        }
    }
}
