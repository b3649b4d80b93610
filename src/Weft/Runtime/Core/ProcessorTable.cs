using Weft.Threads;

namespace Weft.Runtime.Core;

/// <summary>
/// The processors of an engine, and the list of those that are idle. Under the engine's lock, but for the members that say otherwise. A
/// mutable struct, so that the engine reads its counts where it is: keep it in a field that is not read-only.
/// </summary>
internal struct ProcessorTable
{
    // Grows only; the first _inForce are in force, the others are retired once nobody holds them. Replaced under the lock.
    private Processor[] _all = [];
    private int _inForce;
    private Processor? _firstIdle;
    private int _idleCount;

    public ProcessorTable()
    {
    }

    /// <summary>
    /// Every processor there ever was; those beyond <see cref="InForce"/> may still have timers. May be read without the lock.
    /// </summary>
    internal readonly Processor[] All => Volatile.Read(in _all);

    /// <summary>How many may run goroutines. May be read without the lock.</summary>
    internal readonly int InForce => Volatile.Read(in _inForce);

    /// <summary>May be read without the lock.</summary>
    internal readonly int IdleCount => Volatile.Read(in _idleCount);

    /// <summary>Whether a goroutine is in the queue of some processor. Without the lock, wrong for what happens at the same time.</summary>
    internal readonly bool AnyQueued()
    {
        foreach (Processor processor in All)
        {
            if (processor.HasWork)
                return true;
        }

        return false;
    }

    /// <summary>
    /// Changes how many are in force. Every ownerless one of those is idle afterwards, unless it is in the hands of code that moves it.
    /// </summary>
    internal void Resize(int count, IThreadPlatform platform)
    {
        if (count > _all.Length)
        {
            int old = _all.Length;
            var grown = new Processor[count];
            Array.Copy(_all, grown, old);
            for (int i = old; i < count; i++)
                grown[i] = new Processor(i, platform);
            Volatile.Write(ref _all, grown);
        }

        Volatile.Write(ref _inForce, count);
        _all[0].IsOnly = count == 1;
        for (Processor? processor = _firstIdle, next; processor is not null; processor = next)
        {
            next = processor.IdleNext;
            processor.IsIdle = false;
            processor.IdleNext = null;
        }

        _firstIdle = null;
        int idle = 0;
        for (int i = count - 1; i >= 0; i--)
        {
            Processor processor = _all[i];
            if (processor.Owner is not null || processor.InTransit)
                continue;
            Link(processor);
            idle++;
        }

        Volatile.Write(ref _idleCount, idle);
    }

    /// <summary>
    /// Makes a processor idle that the caller has in its hands; false if it is not in force any more: then it is retired, and what is
    /// queued there is to go elsewhere.
    /// </summary>
    internal bool TryAddIdle(Processor processor)
    {
        processor.Owner = null;
        processor.InTransit = false;
        processor.Queue.ForgetStolen();
        if (processor.Id >= _inForce)
            return false;
        Link(processor);
        Volatile.Write(ref _idleCount, _idleCount + 1);
        return true;
    }

    /// <summary>Takes an idle processor, if there is one, into the caller's hands.</summary>
    internal Processor? PopIdle()
    {
        Processor? processor = _firstIdle;
        if (processor is null)
            return null;
        _firstIdle = processor.IdleNext;
        processor.IdleNext = null;
        processor.IsIdle = false;
        processor.InTransit = true;
        Volatile.Write(ref _idleCount, _idleCount - 1);
        return processor;
    }

    /// <summary>
    /// A processor is idle, owned by one machine, in transit, or retired; and only one of them. What does not hold, in words.
    /// </summary>
    internal readonly string? FindBroken()
    {
        int listed = 0;
        for (Processor? idle = _firstIdle; idle is not null; idle = idle.IdleNext)
        {
            listed++;
            if (!idle.IsIdle)
                return $"Processor {idle.Id} is on the idle list and not marked so.";
        }

        int marked = 0;
        for (int i = 0; i < _all.Length; i++)
        {
            marked += _all[i].IsIdle ? 1 : 0;
            if (FindBroken(i) is string broken)
                return broken;
        }

        return listed == _idleCount && marked == listed
            ? null
            : $"{listed} processors are on the idle list, {marked} are marked so, and {_idleCount} are counted.";
    }

    private readonly string? FindBroken(int index)
    {
        Processor processor = _all[index];
        Machine? owner = processor.Owner;
        if (processor.IsIdle && (owner is not null || processor.InTransit))
            return $"Processor {processor.Id} is idle and has an owner or is in transit.";
        if (owner is not null && processor.InTransit)
            return $"Processor {processor.Id} has an owner and is in transit.";
        if (owner is null)
        {
            bool isLost = !processor.IsIdle && !processor.InTransit && processor.Id < _inForce;
            return isLost ? $"Processor {processor.Id} is lost: no owner, not idle, not in transit." : null;
        }

        if (owner.IsGone)
            return $"Machine {owner.Id} is gone and owns processor {processor.Id}.";
        if (owner.IsIdle)
            return $"Machine {owner.Id} is idle and owns processor {processor.Id}.";

        // What is posted to a goroutine that has ended locked may have a second one handed over; see the end of a machine.
        for (int j = 0; j < index; j++)
        {
            if (_all[j].Owner == owner && owner.Locked is null && !owner.Tainted)
                return $"Machine {owner.Id} owns processors {_all[j].Id} and {processor.Id}.";
        }

        return null;
    }

    private void Link(Processor processor)
    {
        processor.IsIdle = true;
        processor.IdleNext = _firstIdle;
        _firstIdle = processor;
    }
}
