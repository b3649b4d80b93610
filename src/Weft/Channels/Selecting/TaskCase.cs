using Weft.Channels.Selecting;
using Weft.Runtime.Core;
using Weft.Waiting;

namespace Weft;

/// <summary>The end of a task, as a case of a <see cref="Select"/>; made by <see cref="Select.Task"/>.</summary>
public sealed class TaskCase : SelectCase, IWaiter<TaskCase>
{
    private Task? _task;

    // Of the task; null until it is waited for.
    private TaskWatch? _watch;

    // The wait that is on, from Arm to Disarm.
    private SelectOperation? _waiting;

    internal TaskCase(Select select, int index, Task? task)
        : base(select, index) => _task = task;

    /// <summary>The task whose end is waited for, however it ends; null switches the case off. A task that has ended always wins.</summary>
    /// <exception cref="InvalidOperationException">Set while the select waits.</exception>
    public Task? Task
    {
        get => _task;
        set
        {
            Select.NoteChange(ofChannel: false);
            if (_task == value)
                return;
            _task = value;
            _watch = null;
        }
    }

    TaskCase? IWaiter<TaskCase>.Previous { get; set; }

    TaskCase? IWaiter<TaskCase>.Following { get; set; }

    bool IWaiter<TaskCase>.IsListed { get; set; }

    internal override bool IsMetFromOutside => _task is not null;

    private protected override string What => _task is null ? "task (off)" : $"task {_task.Id} ({_task.Status})";

    internal override bool TryNow(out Operation? counterpart)
    {
        counterpart = null;
        return _task is { IsCompleted: true };
    }

    internal override void Arm(SelectOperation operation)
    {
        if (_task is not Task task)
            return;
        _waiting = operation;

        // It may have ended since it was looked at; then there is nothing to watch.
        if (!task.IsCompleted && (_watch ??= TaskWatch.Of(task)).TryAdd(this))
            return;
        Claim()?.Complete(Outcome.Done, Machine.Calling);
    }

    internal override void Disarm()
    {
        if (_waiting is null)
            return;
        _watch?.Remove(this);
        _waiting = null;
    }

    /// <summary>
    /// Wins the wait that is on; null if another has. By the waiter, or under the watch's gate while the case is listed.
    /// </summary>
    /// <returns>What the caller has to complete, without locks.</returns>
    internal SelectOperation? Claim()
    {
        SelectOperation operation = _waiting!;
        return operation.TryClaim(operation.Wait, Index) ? operation : null;
    }
}
