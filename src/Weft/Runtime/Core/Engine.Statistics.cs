namespace Weft.Runtime.Core;

/// <content>What it can say about itself.</content>
internal sealed partial class Engine
{
    internal long GoroutinesAlive => GoroutinesStarted - GoroutinesEnded;

    internal long GoroutinesStarted => Volatile.Read(ref _startedOutside) + Processors.Sum(p => Volatile.Read(ref p.GoroutinesStarted));

    internal long GoroutinesEnded => Volatile.Read(ref _endedOutside) + Processors.Sum(p => Volatile.Read(ref p.GoroutinesEnded));

    internal SchedulerStatistics Statistics()
    {
        // Ended first: a goroutine that ends in between must not make more ended than started.
        long ended = GoroutinesEnded;
        long started = GoroutinesStarted;
        long queued = _global.Count + Processors.Sum(p => p.QueuedCount);
        Host.Reaper.Reap();
        _lock.Enter();
        int running = 0;
        int blocked = 0;
        int withProcessor = 0;
        for (Machine? machine = _machines.First; machine is not null; machine = machine.AllNext)
        {
            bool owns = machine.Processor is Processor processor && processor.Owner == machine;
            if (owns)
                withProcessor++;
            if (machine.OnStack is null)
                continue;
            if (owns)
                running++;
            else
                blocked++;
        }

        int idle = _machines.IdleCount;
        int machines = _machines.Count;
        int idleProcessors = _processors.IdleCount;
        int procs = _processors.InForce;
        _lock.Exit();
        return new SchedulerStatistics
        {
            GoroutinesStarted = started,
            GoroutinesEnded = ended,
            GoroutinesCancelled = Interlocked.Read(ref _goroutinesCancelled),
            GoroutinesRunnable = queued,
            GoroutinesRunning = running,
            GoroutinesBlocked = blocked,
            GoroutinesParked = Math.Max(0, started - ended - queued - running - blocked),
            Processors = procs,
            IdleProcessors = idleProcessors,
            Threads = ThreadCount,
            MachinesRunning = withProcessor,
            MachinesSpinning = Volatile.Read(ref _spinning),
            MachinesIdle = idle,
            MachinesBlocked = Math.Max(0, machines - idle - withProcessor),
            ThreadsCreated = Host.Created,
            ThreadsExited = Host.Exited,
            ThreadsReaped = Host.Reaped,
            ThreadsRefused = Host.Refused,
            HandOffsByWait = HandOffs(HandOffCause.Wait),
            HandOffsByMonitor = HandOffs(HandOffCause.Monitor),
            HandOffsExplicit = HandOffs(HandOffCause.Explicit),
            HandOffsByTimeSlice = HandOffs(HandOffCause.TimeSlice),
            Steals = Processors.Sum(p => Volatile.Read(ref p.Steals)),
            WorkRefused = Refused,
            Timers = Processors.Sum(p => (long)p.Timers.Count),
            StackBytesMapped = Host.Stacks.BytesMapped,
            StackBytesCached = Host.Stacks.BytesCached,
        };
    }

    /// <summary>Goroutines that have waited at least once, and those that run or block now; by id.</summary>
    internal List<GoroutineInfo> DescribeGoroutines()
    {
        var all = new HashSet<Goroutine>(Registry.Snapshot());
        _lock.Enter();
        for (Machine? machine = _machines.First; machine is not null; machine = machine.AllNext)
        {
            if (machine.OnStack is Goroutine goroutine)
                all.Add(goroutine);
        }

        _lock.Exit();
        return Describe(all.Where(static goroutine => !goroutine.HasEnded));
    }

    /// <summary>
    /// A line for each processor, then one for each machine, looked at under one lock: so they fit each other, but for what is given away
    /// without it.
    /// </summary>
    internal List<string> DescribeProcessorsAndMachines()
    {
        List<string> machines = [];
        _lock.Enter();
        List<string> lines =
        [
            .. Processors.Take(_processors.InForce).Select(p => $"P{p.Id}: status={(p.IsIdle ? "idle" : "running")} tick={p.Tick} "
                + $"m={p.Owner?.Id ?? -1} runqsize={p.QueuedCount} timerslen={p.Timers.Count}"),
        ];
        for (Machine? machine = _machines.First; machine is not null; machine = machine.AllNext)
        {
            Processor? processor = machine.NextProcessor ?? machine.Processor;
            bool owns = processor?.Owner == machine;
            machines.Add(
                $"M{machine.Id}: tid={machine.ThreadId} p={(owns ? processor!.Id : -1)} curg={machine.OnStack?.Id ?? -1} "
                + $"lockedg={machine.Locked?.Id ?? -1} spinning={(machine.Spinning ? 1 : 0)} idle={(machine.IsIdle ? 1 : 0)} "
                + $"inscheduler={(machine.WasInScheduler ? 1 : 0)}");
        }

        _lock.Exit();
        machines.Reverse();
        lines.AddRange(machines);
        return lines;
    }

    /// <summary>Goroutines that have waited and not ended, by id; all there are if nothing runs and nothing is queued.</summary>
    internal List<GoroutineInfo> DescribeAsleep() => Describe(Registry.Snapshot().Where(static goroutine => !goroutine.HasEnded));

    internal static List<GoroutineInfo> Describe(IEnumerable<Goroutine> goroutines) =>
        [.. goroutines.Select(static goroutine => goroutine.Describe()).OrderBy(static goroutine => goroutine.Id)];

    internal int GlobalQueueCount => _global.Count;

    internal int SpinningCount => Volatile.Read(ref _spinning);
}
