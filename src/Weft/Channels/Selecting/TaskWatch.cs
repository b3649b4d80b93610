using System.Runtime.CompilerServices;
using Weft.Runtime.Core;
using Weft.Runtime.Host;
using Weft.Threads;
using Weft.Waiting;

namespace Weft.Channels.Selecting;

/// <summary>
/// The cases of selects that wait for the end of one task. It is hooked to the task once, however many waits there are, and a case is in
/// its list only while it waits: a task that outlives many waits holds nothing of them.
/// </summary>
/// <remarks>
/// <para><b>No end is missed.</b> All of this is under the gate.</para>
/// <para>Waiter: enters the list if <see cref="_hasEnded"/> is not set; otherwise claims its wait itself.</para>
/// <para>Task: its continuation sets <see cref="_hasEnded"/>, then takes the cases out and claims their waits.</para>
/// <para>
/// Therefore: the continuation finds the case in the list, or the waiter sees the flag. The continuation is sure to come: the thread that
/// puts a watch into the table hooks it, perhaps after other waiters have found it there and listed their cases; and hooked to a task that
/// has ended, it runs at once. A waiter with a watch that has left the table sees the flag. A waiter without one makes another watch, which
/// is hooked as well.
/// </para>
/// <para>
/// <b>No later wait is ended.</b> A wait is claimed while its case is in the list, and a select takes its cases out before it begins
/// another wait. So the wait that is claimed is the wait for which the case was listed.
/// </para>
/// </remarks>
internal sealed class TaskWatch
{
    // The watches of tasks that have not ended, as far as is known. It keeps no task alive.
    private static readonly ConditionalWeakTable<Task, TaskWatch> s_watches = [];

    private readonly Task _task;

    // Guards the rest.
    private SpinGate _gate;
    private WaiterList<TaskCase> _waiting;
    private bool _hasEnded;

    // What the table had for the task when this was to be put into it.
    private TaskWatch? _known;

    private TaskWatch(Task task) => _task = task;

    /// <summary>The watch of a task; the same each time while the task has not ended.</summary>
    internal static TaskWatch Of(Task task)
    {
        if (s_watches.TryGetValue(task, out TaskWatch? watch))
            return watch;
        var made = new TaskWatch(task);
        Uninterrupted.Do(made, static made => made._known = s_watches.GetOrAdd(made._task, made));
        if (made._known == made)
            Uninterrupted.Do(made, static made => CleanThread.OnEnd(made._task, made.OnEnded));
        return made._known!;
    }

    /// <summary>Lists a case whose wait has begun; false if the task has ended: then it is not listed.</summary>
    internal bool TryAdd(TaskCase added)
    {
        _gate.Enter();
        bool adds = !_hasEnded;
        if (adds)
            _waiting.AddLast(added);
        _gate.Exit();
        return adds;
    }

    /// <summary>The wait of a case is over; afterwards nobody claims for it.</summary>
    internal void Remove(TaskCase removed)
    {
        _gate.Enter();
        if (((IWaiter<TaskCase>)removed).IsListed)
            _waiting.Remove(removed);
        _gate.Exit();
    }

    private void OnEnded()
    {
        Uninterrupted.Do(_task, static task => s_watches.Remove(task));
        Machine? machine = Machine.Calling;
        while (true)
        {
            // One at a time, so that cases that come or go meanwhile do not wait for all.
            _gate.Enter();
            _hasEnded = true;
            TaskCase? first = _waiting.RemoveFirst();
            SelectOperation? won = first?.Claim();
            _gate.Exit();
            if (first is null)
                return;
            won?.Complete(Outcome.Done, machine);
        }
    }
}
