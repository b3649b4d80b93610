using System.Runtime.CompilerServices;
using Weft.Runtime.Queues;
using Weft.Runtime.Running;

namespace Weft.Runtime.Core;

/// <content>How goroutines get into queues.</content>
internal sealed partial class Engine
{
    /// <summary>Puts a goroutine that has become Ready into a queue. Any thread, in scheduler code or not.</summary>
    internal override void Enqueue(Goroutine goroutine) => Enqueue(goroutine, Machine.Calling);

    /// <summary>The same for a caller that knows the calling machine, or that there is none.</summary>
    internal override void Enqueue(Goroutine goroutine, Runner? runner)
    {
        Machine? machine = Unsafe.As<Machine>(runner);
        if (machine is null || machine.Engine != this)
        {
            PutGlobal(goroutine);
        }
        else if (machine.IsInScheduler)
        {
            // A tentative take by the monitor shows as a lost processor for a moment; the global queue is right then, too.
            if (machine.Processor is Processor processor && Volatile.Read(ref processor.Owner) == machine)
            {
                PutNext(processor, goroutine);
            }
            else
            {
                PutGlobal(goroutine);
            }
        }
        else if (machine.EnterScheduler())
        {
            PutNext(machine.Processor!, goroutine);
            machine.ExitScheduler();
        }
        else
        {
            PutGlobal(goroutine);
            Reenter(machine);
            machine.ExitScheduler();
        }
    }

    /// <summary>
    /// Queues a goroutine that was woken, on a thread that has no processor. Leaving the lock is the full fence that <see cref="Wake"/>
    /// needs.
    /// </summary>
    private void PutGlobal(Goroutine goroutine)
    {
        _lock.Enter();
        if (IsStopped)
        {
            _lock.Exit();
            Refuse(goroutine);
            return;
        }

        _global.EnqueueWoken(goroutine);
        _lock.Exit();
        Wake();
    }

    /// <summary>
    /// Queues a goroutine on a processor that the caller owns, as the next to run if there is none yet. Sees to it that another machine
    /// comes for it if the owner does not take it.
    /// </summary>
    /// <remarks>
    /// <para>In three cases no machine is woken, and no fence executed:</para>
    /// <list type="number">
    /// <item>There is no other processor.</item>
    /// <item>The machines that were woken for the slot so far came in vain.</item>
    /// <item>The goroutine is behind another in the ring, and once it is there no processor is seen to be idle. A machine that goes idle
    /// afterwards looks at the rings again, and can miss the goroutine only while that is in this CPU's store buffer. In that time it would
    /// have to steal the goroutine ahead, run it and go idle, so it all but never happens. (With nothing ahead it need only go
    /// idle.)</item>
    /// </list>
    /// <para>In all three the monitor finds the goroutine within 20 ms; before it sleeps deeply it executes the fence itself.</para>
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void PutNext(Processor processor, Goroutine goroutine)
    {
        bool wakesNobody;
        if (processor.TryPutRunNext(goroutine))
        {
            wakesNobody = processor.SkipsWake();
        }
        else
        {
            bool isBehindAnother = !processor.Queue.IsEmpty;
            PutTail(processor, goroutine);
            wakesNobody = isBehindAnother && _processors.IdleCount == 0;
        }

        // Asked after the goroutine was put: SetMaxProcs changes it, then has every CPU execute a fence, then looks for work.
        if (wakesNobody || Volatile.Read(ref processor.IsOnly))
        {
            _monitor.EnsureWatching();
            return;
        }

        Interlocked.MemoryBarrier();
        Wake();
    }

    /// <summary>
    /// A goroutine that gave its turn up while others wait in the global queue goes behind them: a full ring of goroutines that yield would
    /// keep them waiting for ever.
    /// </summary>
    private void PutBehindAll(Goroutine goroutine)
    {
        _lock.Enter();
        _global.Enqueue(goroutine);
        _lock.Exit();
    }

    private void PutTail(Processor processor, Goroutine goroutine)
    {
        while (!processor.Queue.TryEnqueue(goroutine))
        {
            int count = processor.Queue.DequeueHalf(out Goroutine? first, out Goroutine? last);
            if (count == 0)
                continue;
            _lock.Enter();
            _global.EnqueueOverflow(first!, last!, count);
            _lock.Exit();
        }
    }

    /// <summary>
    /// Takes a fair share of the global queue: one to run, the others into the local queue. At most <paramref name="limit"/>.
    /// </summary>
    private Goroutine? DequeueGlobal(Processor processor, int limit)
    {
        if (_global.Count == 0)
            return null;
        _lock.Enter();
        int count = Math.Min(Math.Min((_global.Count / _processors.InForce) + 1, limit), LocalRunQueue.Capacity / 2);
        Goroutine? first = _global.Dequeue();
        for (int i = 1; i < count; i++)
        {
            Goroutine? next = _global.DequeueOther();
            if (next is null)
                break;
            if (!processor.Queue.TryEnqueue(next))
            {
                _global.Enqueue(next);
                break;
            }
        }

        _lock.Exit();
        return first;
    }

    /// <summary>
    /// Starts a machine for an idle processor, if there is one and nobody is looking for work already. Called after work was published and
    /// a full fence. With no idle processor, the monitor is told to watch: a machine may be blocked in a call nobody declared.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Wake()
    {
        if (_processors.IdleCount == 0)
            _monitor.EnsureWatching();
        else if (Volatile.Read(ref _spinning) == 0)
            WakeOne();
    }

    private void WakeOne()
    {
        // No machine is started while the engine's are leaving. During a shortage only work that needs no new machine is seen to here; for
        // the rest the monitor asks again, if there is one.
        if (MachinesLeave || (_factory.HasShortage && IdleMachineCount == 0 && !_global.MayHaveBound && _monitor.IsRunning))
            return;
        if (Interlocked.CompareExchange(ref _spinning, 1, 0) != 0)
            return;
        _lock.Enter();
        Processor? processor = _processors.PopIdle();
        _lock.Exit();
        if (processor is null)
        {
            // Every processor is owned now; each looks at the queues before it goes idle.
            Interlocked.Decrement(ref _spinning);
            _monitor.EnsureWatching();
            return;
        }

        StartMachine(processor, spinning: true);
    }
}
