using Weft.Runtime.Core;

namespace Weft.Schedulers;

/// <summary>
/// A goroutine that runs a task of the TPL up to its first await, and then ends. What the task waits for belongs to none: it would be
/// delivered to a goroutine that has ended, so operations that are begun here are begun as outside goroutines.
/// </summary>
internal sealed class ScheduledTaskGoroutine(Engine engine, GoroutineTaskScheduler scheduler, Task task)
    : Goroutine(engine, task, nameof(TaskScheduler), 0)
{
    internal override bool OwnsOperations => false;

    // A task has no context: see GoroutineTaskScheduler.
    private protected override SynchronizationContext? ContextOfFlows => null;

    private protected override object? InvokeBody(object body)
    {
        scheduler.Run((Task)body);
        return null;
    }

    // A task that was started can be completed in no other way than by running it: better on a thread of the pool than never.
    private protected override void Abandon(Exception reason) => scheduler.RunOnPool(task);
}
