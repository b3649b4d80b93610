using System.Runtime.CompilerServices;
using Weft.Runtime.Core;
using Weft.Runtime.Host;
using Weft.Waiting;

namespace Weft.Channels.Selecting;

/// <summary>
/// The cases of selects that wait for the end of one task. It is hooked to the task once, however many waits there are, and a case is in
/// its list only while it waits: a task that outlives many waits holds nothing of them.
/// </summary>
/// <remarks>
/// <para>
/// <b>No end is missed.</b> Under the gate a case enters the list if <see cref="_hasEnded"/> is not set, and the task's continuation sets
/// it, then takes the cases out. If the case comes first, the continuation finds it in the list; if the flag does, the case sees it and
/// claims its wait itself. The continuation is sure to come: whoever has put a watch into the table hooks it, perhaps after others have
/// found it there and listed their cases; and hooked to a task that has ended, it runs at once. A watch that has left the table is told no
/// less: who still has it sees the flag, and who does not makes another, which is hooked as well.
/// </para>
/// <para>
/// <b>No later wait is ended.</b> A wait is claimed under the gate, while its case is in the list, and a select takes its cases out, under
/// the gate, before it begins another wait. So the wait that is claimed is the one for which the case was listed.
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

    /// <summary>The watch of a task; the same for all who ask while the task has not ended.</summary>
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
            // One at a time, so that those who come or go meanwhile do not wait for all.
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
