namespace Weft.Scheduling;

/// <summary>Runs each task of the TPL as a goroutine.</summary>
internal sealed class GoroutineTaskScheduler(Engine engine) : TaskScheduler
{
    public override int MaximumConcurrencyLevel => engine.MaxProcs;

    protected override void QueueTask(Task task) => engine.Start(new TaskItem(engine, this, task));

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        Machine.Calling is { Current: not null } machine && machine.Engine == engine && TryExecuteTask(task);

    // Tasks in the queues cannot be listed without stopping the machines; only debuggers ask.
    protected override IEnumerable<Task>? GetScheduledTasks() => null;

    private sealed class TaskItem(Engine engine, GoroutineTaskScheduler scheduler, Task task)
        : Goroutine(engine, task, nameof(TaskScheduler), 0)
    {
        private protected override object? InvokeBody(object body)
        {
            scheduler.TryExecuteTask((Task)body);
            return null;
        }

        // A task that was started can be completed in no other way than by running it: better on a thread of the pool than never.
        private protected override void Abandon(Exception reason) =>
            CleanThread.QueueToPool(_ => scheduler.TryExecuteTask(task), null);
    }
}
