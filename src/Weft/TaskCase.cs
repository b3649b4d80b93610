using Weft.Channels;
using Weft.Scheduling;

namespace Weft;

/// <summary>The end of a task, as a case of a <see cref="Select"/>; made by <see cref="Select.Task"/>.</summary>
public sealed class TaskCase : SelectCase
{
    private Task? _task;

    // The task that will tell, when it ends: a task is asked once, however many waits it takes.
    private Task? _asked;

    // The wait that is on, if any; read by the task's continuation.
    private volatile SelectOperation? _waiting;

    internal TaskCase(Select select, int index, Task? task)
        : base(select, index) => _task = task;

    /// <summary>The task whose end is waited for, however it ends; null switches the case off. A task that has ended always wins.</summary>
    /// <exception cref="InvalidOperationException">Set while the select waits.</exception>
    public Task? Task
    {
        get => _task;
        set
        {
            Select.NoteChange(false);
            _task = value;
        }
    }

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
        if (_asked != task)
        {
            Ask(task);
        }
        else if (task.IsCompleted)
        {
            OnEnded(task); // between the look and here; its continuation may have found no wait
        }
    }

    internal override void Disarm() => _waiting = null;

    // Apart from Arm, which would make the continuation's object at each call.
    private void Ask(Task task)
    {
        _asked = task;
        task.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(() => OnEnded(task));
    }

    private void OnEnded(Task task)
    {
        // The wait's number is read before it is asked whether the wait is for this task: a claim for a later wait than that fails.
        if (_waiting is not SelectOperation operation)
            return;
        uint wait = operation.Wait;
        if (_waiting == operation && _task == task && operation.TryClaim(wait, Index))
            operation.Complete(Outcome.Done, Machine.Calling);
    }
}
