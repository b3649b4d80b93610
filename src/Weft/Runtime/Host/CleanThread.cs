namespace Weft.Runtime.Host;

/// <summary>
/// Runs work that may make .NET create a thread, on a thread that no locked goroutine has changed. .NET's pool and timers make their
/// threads on the thread that asks. If a locked goroutine has changed that one for itself, the new thread begins with what was changed, and
/// runs others' work.
/// </summary>
/// <remarks>
/// A locked machine leaves such work to the monitor of its scheduler. That thread was made by one that was not locked, and outlives the
/// machine: it goes when all other threads of the scheduler are reaped and this work is done.
/// Should the system have refused it, the thread that stops the scheduler does the work. The pool would save the monitor from what others'
/// contexts do, but it may be full of work items that wait for the end of a goroutine.
/// </remarks>
internal static class CleanThread
{
    /// <summary>
    /// Does the work here, or, if the calling thread is a locked machine, on its monitor, soon. It must not block, and runs no code of a
    /// user's but what puts something into a queue: <see cref="SynchronizationContext.Post"/> and <see cref="TaskScheduler.QueueTask"/>.
    /// While the system refuses threads, it may be done later (<see cref="ScarceThreads"/>).
    /// </summary>
    internal static void Do<T>(Action<T> work, T argument)
    {
        if (ScarceThreads.MayBeRefused)
            DoWhenScarce(work, argument);
        else if (WeftThread.CallingThreadIsLocked)
            DoOnMonitor(work, argument);
        else
            ScarceThreads.Try(work, argument);
    }

    internal static void QueueToPool(Action<object?> callback, object? state) =>
        Do(static s => ThreadPool.UnsafeQueueUserWorkItem(s.callback, s.state, preferLocal: false), (callback, state));

    internal static void QueueToPool(IThreadPoolWorkItem item) =>
        Do(static i => ThreadPool.UnsafeQueueUserWorkItem(i, preferLocal: false), item);

    /// <summary>
    /// Calls something that neither blocks nor throws when a task has ended, on the thread that ends it: an awaiter would have the pool
    /// call it if that thread has a context, as a goroutine's has.
    /// </summary>
    internal static void OnEnd(Task task, Action call) =>
        task.ContinueWith(
            static (_, call) => ((Action)call!)(),
            call,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously | TaskContinuationOptions.DenyChildAttach,
            TaskScheduler.Default);

    // A method of its own: the closure would be allocated by every caller.
    private static void DoOnMonitor<T>(Action<T> work, T argument)
    {
        if (WeftThread.Calling!.Caretaker is Caretaker monitor)
            monitor.Do(() => ScarceThreads.Try(work, argument));
        else
            work(argument); // no thread is ever made
    }

    private static void DoWhenScarce<T>(Action<T> work, T argument)
    {
        bool isReady = !WeftThread.CallingThreadIsLocked && ScarceThreads.IsPoolReady();
        if (!isReady && Caretaker.OfCallingThread is Caretaker monitor)
        {
            monitor.DoOnceThereAreThreads(() => ScarceThreads.Try(work, argument));
            return;
        }

        if (!isReady)
            ScarceThreads.AwaitPool();
        ScarceThreads.Try(work, argument);
    }
}
