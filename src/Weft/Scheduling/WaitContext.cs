namespace Weft.Scheduling;

/// <summary>
/// Where an await goes on: the goroutine it began on, another <see cref="SynchronizationContext"/> or <see cref="TaskScheduler"/>, or, for null,
/// the pool.
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

    /// <summary>Has something run there; never on the calling thread's stack.</summary>
    internal static void Post(object? context, Action<object?> action, object? state)
    {
        switch (context)
        {
            case Goroutine goroutine:
                goroutine.Resume(action, state);
                break;
            case SynchronizationContext other:
                CleanThread.Do(static s => s.other.Post(new SendOrPostCallback(s.action), s.state), (other, action, state));
                break;
            case TaskScheduler scheduler:
                CleanThread.Do(static s => s.task.Start(s.scheduler), (task: new Task(action, state, TaskCreationOptions.DenyChildAttach), scheduler));
                break;
            default:
                CleanThread.QueueToPool(action, state);
                break;
        }
    }
}
