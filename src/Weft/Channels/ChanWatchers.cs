namespace Weft.Channels;

/// <summary>
/// Those who wait to be told that a channel can be read from or written to, without taking part in an exchange; and the channel's end, for
/// its adapter. Guarded by the channel's lock, but for what <see cref="Notice"/> carries out of it.
/// </summary>
/// <remarks>
/// Nobody is missed: a watcher is added under the lock, if the channel is not ready then; whoever changes the channel looks at the watchers
/// under the lock afterwards (<see cref="Chan.NotifyWatchers"/>).
/// </remarks>
internal sealed class ChanWatchers
{
    private List<TaskCompletionSource<bool>>? _readers;
    private List<TaskCompletionSource<bool>>? _writers;

    /// <summary>Ends when the channel is closed and empty.</summary>
    internal TaskCompletionSource Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal TaskCompletionSource<bool> Add(bool isReader)
    {
        var watcher = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        ref List<TaskCompletionSource<bool>>? list = ref isReader ? ref _readers : ref _writers;
        (list ??= []).Add(watcher);
        return watcher;
    }

    /// <summary>A watcher was cancelled; it may have been told already.</summary>
    internal void Remove(bool isReader, TaskCompletionSource<bool> watcher) => (isReader ? _readers : _writers)?.Remove(watcher);

    /// <summary>How many watch.</summary>
    internal int Count => (_readers?.Count ?? 0) + (_writers?.Count ?? 0);

    /// <summary>Takes out those who are to be told.</summary>
    internal Notice Take(bool canRead, bool canWrite, bool isClosed, bool isDrained)
    {
        var notice = new Notice(
            canRead || isDrained ? _readers : null,
            canWrite || isClosed ? _writers : null,
            canRead,
            canWrite && !isClosed,
            isDrained ? Completion : null);
        if (notice.Readers is not null)
            _readers = null;
        if (notice.Writers is not null)
            _writers = null;
        return notice;
    }

    /// <summary>What is to be told once the lock is given up.</summary>
    internal readonly record struct Notice(
        List<TaskCompletionSource<bool>>? Readers,
        List<TaskCompletionSource<bool>>? Writers,
        bool CanRead,
        bool CanWrite,
        TaskCompletionSource? Completion)
    {
        internal void Tell(Exception? error)
        {
            if (Completion is not null)
            {
                if (error is OperationCanceledException cancelled)
                    Completion.TrySetCanceled(cancelled.CancellationToken);
                else if (error is not null)
                    Completion.TrySetException(error);
                else
                    Completion.TrySetResult();
                Observe(Completion.Task);
            }

            Tell(Readers, CanRead, error);
            Tell(Writers, CanWrite, error);
        }

        private static void Tell(List<TaskCompletionSource<bool>>? watchers, bool can, Exception? error)
        {
            foreach (TaskCompletionSource<bool> watcher in watchers ?? [])
            {
                if (can || error is null)
                    watcher.TrySetResult(can);
                else
                    watcher.TrySetFromTask(FailedAsync(error));
                Observe(watcher.Task);
            }
        }

        /// <summary>A task that has ended with the error, and is cancelled if it is a cancellation; <c>await</c> throws this very exception.</summary>
        private static async Task<bool> FailedAsync(Exception error)
        {
            await Task.CompletedTask.ConfigureAwait(false);
            throw error;
        }

        /// <summary>Nobody need look at how a channel has ended: that is no error that was overlooked.</summary>
        private static void Observe(Task task) => _ = task.Exception;
    }
}
