using Weft.Runtime.Core;
using Weft.Runtime.Host;

namespace Weft.Schedulers;

/// <summary>Runs each task of the TPL as a goroutine.</summary>
/// <remarks>
/// <para>
/// <b>Where an await inside a task goes on.</b> .NET promises: on the scheduler that the task runs on, which may be one on top of this,
/// such as the exclusive one of a <see cref="ConcurrentExclusiveSchedulerPair"/>. Its awaiters look at
/// <see cref="SynchronizationContext.Current"/> first, and at <see cref="TaskScheduler.Current"/> only if there is none of a derived type.
/// So a task has no context: what it awaits comes back as another task, and as another goroutine.
/// </para>
/// <para>
/// <b>What that costs.</b> The runtime announces a managed wait to the thread's context, so in a task nobody hears of one: the monitor
/// notices that the thread sleeps, and hands its processor on, as with a system call. Waits of Weft's own declare themselves
/// (<see cref="UnhookedWait"/>). Nothing hangs by it: the continuation for which <c>SomeAsync().Result</c> waits is a task of its own.
/// </para>
/// <para>
/// <b>Disposal.</b> While a task runs, machines stay (<see cref="Engine.MayQuit"/>): it may block until another task has run. A task that
/// comes when the scheduler refuses goroutines is run by .NET's pool, and so is one that had not begun: it may be the rest of an async
/// method, which nobody else can end, and nobody would hear of a refusal.
/// </para>
/// </remarks>
internal sealed class GoroutineTaskScheduler(Engine engine) : TaskScheduler
{
    /// <summary>
    /// There is none: tasks that wait or block are what goroutines are for. How many run at once is the matter of the processors.
    /// </summary>
    public override int MaximumConcurrencyLevel => int.MaxValue;

    protected override void QueueTask(Task task)
    {
        try
        {
            engine.Start(new ScheduledTaskGoroutine(engine, this, task));
        }
        catch (ObjectDisposedException)
        {
            RunOnPool(task);
        }
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        Machine.Calling is { OnStack: not null } machine && machine.Engine == engine && Run(task);

    // Tasks in the queues cannot be listed without stopping the machines; only debuggers ask.
    protected override IEnumerable<Task>? GetScheduledTasks() => null;

    /// <summary>Runs a task on the calling goroutine, in no context; false if it runs or has run already.</summary>
    internal bool Run(Task task)
    {
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        engine.BeginTask();
        try
        {
            return TryExecuteTask(task);
        }
        finally
        {
            engine.EndTask();
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    /// <summary>Runs a task that no goroutine will run.</summary>
    internal void RunOnPool(Task task) => CleanThread.QueueToPool(state => TryExecuteTask((Task)state!), task);
}
