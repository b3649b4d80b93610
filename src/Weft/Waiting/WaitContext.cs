using System.Runtime.ExceptionServices;
using Weft.Runtime.Core;
using Weft.Runtime.Host;

namespace Weft.Waiting;

/// <summary>
/// Where an await goes on: the goroutine it began on, another <see cref="SynchronizationContext"/> or <see cref="TaskScheduler"/>, or, for
/// null, the pool.
/// </summary>
internal static class WaitContext
{
    /// <summary>The place for an await that begins here.</summary>
    internal static object? Capture()
    {
        SynchronizationContext? context = SynchronizationContext.Current;
        if (context is not null && context.GetType() != typeof(SynchronizationContext))
            return context;
        return TaskScheduler.Current is var scheduler && scheduler != TaskScheduler.Default ? scheduler : null;
    }

    /// <summary>
    /// Has an action run there; never on the calling thread's stack. Does not throw. An exception of the foreign context or scheduler that
    /// is to queue the action ends the process, as after an await of a task: it leaves open whether the action will run.
    /// </summary>
    internal static void Post(object? context, Action<object?> action, object? state)
    {
        if (context is Goroutine goroutine)
            goroutine.PostContinuation(action, state);
        else if (context is FlowContext flows)
            flows.PostContinuation(action, state); // it needs no thread of the pool
        else if (context is null)
            CleanThread.QueueToPool(action, state);
        else
            CleanThread.Do(static s => PostElsewhere(s.context, s.action, s.state), (context, action, state));
    }

    private static void PostElsewhere(object context, Action<object?> action, object? state)
    {
        try
        {
            if (context is SynchronizationContext other)
                other.Post(new SendOrPostCallback(action), state);
            else
                new Task(action, state, TaskCreationOptions.DenyChildAttach).Start((TaskScheduler)context);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static failure => failure.Throw(), ExceptionDispatchInfo.Capture(e), preferLocal: false);
        }
    }
}
