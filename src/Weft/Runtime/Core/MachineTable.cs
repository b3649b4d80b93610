namespace Weft.Runtime.Core;

/// <summary>
/// The machines of an engine: a list of all, and one of those that are idle, from the oldest to the newest. Under the engine's lock; the
/// counts may be read without.
/// </summary>
internal sealed class MachineTable
{
    private Machine? _first;
    private Machine? _oldestIdle;
    private Machine? _newestIdle;
    private int _count;
    private int _idleCount;

    /// <summary>Reserved, and their threads are not known to have begun.</summary>
    internal int Creating;

    /// <summary>Wait for the goroutine that is locked to them.</summary>
    internal int WaitingForGoroutine;

    /// <summary>In a declared wait, or waiting for a processor to go on with their goroutine.</summary>
    internal int Blocked;

    /// <summary>Leave because there are too many, and are still in the list.</summary>
    internal int Shed;

    /// <summary>Compute without a processor: their <see cref="Machine.TakenFor"/> says TimeSlice.</summary>
    internal int ComputingExtra;

    /// <summary>All that were reserved and have not left.</summary>
    internal int Count => Volatile.Read(ref _count);

    internal int IdleCount => Volatile.Read(ref _idleCount);

    /// <summary>The first of all; <see cref="Machine.AllNext"/> leads on.</summary>
    internal Machine? First => _first;

    /// <summary>The one that went idle first.</summary>
    internal Machine? OldestIdle => _oldestIdle;

    /// <summary>The one that went idle last: its stack and caches are warm.</summary>
    internal Machine? NewestIdle => _newestIdle;

    /// <summary>Every machine is idle, or waits for the goroutine that is locked to it.</summary>
    internal bool AllRest => _idleCount + WaitingForGoroutine == _count;

    internal void Add(Machine machine)
    {
        machine.AllNext = _first;
        if (_first is not null)
            _first.AllPrevious = machine;
        _first = machine;
        _count++;
    }

    internal void Remove(Machine machine)
    {
        if (machine.AllPrevious is null)
            _first = machine.AllNext;
        else
            machine.AllPrevious.AllNext = machine.AllNext;
        if (machine.AllNext is not null)
            machine.AllNext.AllPrevious = machine.AllPrevious;
        machine.AllPrevious = machine.AllNext = null;
        _count--;
    }

    /// <summary>The machine is idle since then.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="now">Nanoseconds on the monotonic clock.</param>
    internal void AddIdle(Machine machine, long now)
    {
        machine.IsIdle = true;
        machine.IdleSince = now;
        machine.IdleOlder = _newestIdle;
        machine.IdleNewer = null;
        if (_newestIdle is null)
            _oldestIdle = machine;
        else
            _newestIdle.IdleNewer = machine;
        _newestIdle = machine;
        _idleCount++;
    }

    internal void RemoveIdle(Machine machine)
    {
        if (machine.IdleOlder is null)
            _oldestIdle = machine.IdleNewer;
        else
            machine.IdleOlder.IdleNewer = machine.IdleNewer;
        if (machine.IdleNewer is null)
            _newestIdle = machine.IdleOlder;
        else
            machine.IdleNewer.IdleOlder = machine.IdleOlder;
        machine.IdleOlder = machine.IdleNewer = null;
        machine.IsIdle = false;
        _idleCount--;
    }

    /// <summary>
    /// The machine has noticed that it has no processor, or is on its way out: it is not counted as computing any more.
    /// </summary>
    internal void NoteTaken(Machine machine)
    {
        if (machine.TakenFor == HandOffCause.TimeSlice)
            ComputingExtra--;
        else if (machine.TakenFor == HandOffCause.Monitor)
            machine.NoticedBlocks++;
        machine.TakenFor = null;
    }

    /// <summary>A machine is in one state, and each list has those that are marked as being on it. What does not hold, in words.</summary>
    internal string? FindBroken()
    {
        int all = 0, idle = 0, waiting = 0, computing = 0;
        for (Machine? machine = _first; machine is not null; machine = machine.AllNext)
        {
            all++;
            idle += machine.IsIdle ? 1 : 0;
            waiting += machine.IsWaitingForGoroutine ? 1 : 0;
            computing += machine.TakenFor == HandOffCause.TimeSlice ? 1 : 0;
            if (FindBroken(machine) is string broken)
                return broken;
        }

        int listed = 0;
        for (Machine? machine = _oldestIdle; machine is not null; machine = machine.IdleNewer)
        {
            listed++;
            if (!machine.IsIdle || machine.IdleNewer is null != (machine == _newestIdle))
                return $"The list of idle machines is torn at machine {machine.Id}.";
            if (machine.IdleNewer is Machine newer && (newer.IdleOlder != machine || newer.IdleSince < machine.IdleSince))
                return $"Idle machines {machine.Id} and {newer.Id} are out of order.";
        }

        if (computing != ComputingExtra)
            return $"{computing} machines compute without a processor, and {ComputingExtra} are counted.";
        if (all != _count || waiting != WaitingForGoroutine)
            return $"{all} machines are listed, {waiting} of them waiting, and {_count} and {WaitingForGoroutine} are counted.";
        return listed == _idleCount && idle == listed
            ? null
            : $"{listed} machines are on the idle list, {idle} are marked so, and {_idleCount} are counted.";
    }

    private static string? FindBroken(Machine machine)
    {
        if (machine.AllNext is Machine next && next.AllPrevious != machine)
            return $"The list of all machines is torn after machine {machine.Id}.";
        if (machine.IsGone)
            return $"Machine {machine.Id} is gone and still listed.";
        if (machine.IsIdle && (machine.Processor is not null || machine.NextProcessor is not null || machine.Locked is not null))
            return $"Machine {machine.Id} is idle and has a processor or a goroutine.";
        return machine.IsIdle && machine.IsWaitingForGoroutine ? $"Machine {machine.Id} is idle and waits for its goroutine." : null;
    }
}
