namespace Weft.Runtime.Core;

/// <summary>What an engine holds, as it is at one moment, for people. Any thread may ask; the engine runs on meanwhile.</summary>
internal static class EngineReport
{
    /// <summary>Counts and states, read one after the other.</summary>
    internal static SchedulerStatistics Statistics(Engine engine)
    {
        // Ended first: a goroutine that ends in between must not make more ended than started.
        long ended = engine.GoroutinesEnded;
        long started = engine.GoroutinesStarted;
        long queued = engine.GlobalQueueCount + engine.Processors.Sum(p => p.QueuedCount);
        engine.Host.Reaper.Reap();
        engine.Lock.Enter();
        int running = 0;
        int blocked = 0;
        int withProcessor = 0;
        for (Machine? machine = engine.Machines.First; machine is not null; machine = machine.AllNext)
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

        int idle = engine.Machines.IdleCount;
        int machines = engine.Machines.Count;
        int idleProcessors = engine.IdleProcessorCount;
        int procs = engine.MaxProcs;
        engine.Lock.Exit();
        return new SchedulerStatistics
        {
            GoroutinesStarted = started,
            GoroutinesEnded = ended,
            GoroutinesCancelled = engine.GoroutinesCancelled,
            GoroutinesRunnable = queued,
            GoroutinesRunning = running,
            GoroutinesBlocked = blocked,
            GoroutinesParked = Math.Max(0, started - ended - queued - running - blocked),
            Processors = procs,
            IdleProcessors = idleProcessors,
            Threads = engine.ThreadCount,
            MachinesRunning = withProcessor,
            MachinesSpinning = engine.SpinningCount,
            MachinesIdle = idle,
            MachinesBlocked = Math.Max(0, machines - idle - withProcessor),
            ThreadsCreated = engine.Host.Created,
            ThreadsExited = engine.Host.Exited,
            ThreadsReaped = engine.Host.Reaped,
            ThreadsRefused = engine.Host.Refused,
            HandOffsByWait = engine.HandOffs(HandOffCause.Wait),
            HandOffsByMonitor = engine.HandOffs(HandOffCause.Monitor),
            HandOffsExplicit = engine.HandOffs(HandOffCause.Explicit),
            HandOffsByTimeSlice = engine.HandOffs(HandOffCause.TimeSlice),
            Steals = engine.Processors.Sum(p => Volatile.Read(ref p.Steals)),
            WorkRefused = engine.Refused,
            Timers = engine.Processors.Sum(p => (long)p.Timers.Count),
            StackBytesMapped = engine.Host.Stacks.BytesMapped,
            StackBytesCached = engine.Host.Stacks.BytesCached,
        };
    }

    /// <summary>Goroutines that have waited at least once, and those that run or block now; by id.</summary>
    internal static List<GoroutineInfo> Goroutines(Engine engine)
    {
        var all = new HashSet<Goroutine>(engine.Registry.Snapshot());
        engine.Lock.Enter();
        for (Machine? machine = engine.Machines.First; machine is not null; machine = machine.AllNext)
        {
            if (machine.OnStack is Goroutine goroutine)
                all.Add(goroutine);
        }

        engine.Lock.Exit();
        return Describe(all.Where(static goroutine => !goroutine.HasEnded));
    }

    /// <summary>
    /// A line for each processor, then one for each machine, looked at under one lock: so they fit each other, but for what is given away
    /// without it.
    /// </summary>
    internal static List<string> ProcessorsAndMachines(Engine engine)
    {
        List<string> machines = [];
        engine.Lock.Enter();
        List<string> lines =
        [
            .. engine.Processors.Take(engine.MaxProcs).Select(p => $"P{p.Id}: status={(p.IsIdle ? "idle" : "running")} tick={p.Tick} "
                + $"m={p.Owner?.Id ?? -1} runqsize={p.QueuedCount} timerslen={p.Timers.Count}"),
        ];
        for (Machine? machine = engine.Machines.First; machine is not null; machine = machine.AllNext)
        {
            Processor? processor = machine.NextProcessor ?? machine.Processor;
            bool owns = processor?.Owner == machine;
            machines.Add(
                $"M{machine.Id}: tid={machine.ThreadId} p={(owns ? processor!.Id : -1)} curg={machine.OnStack?.Id ?? -1} "
                + $"lockedg={machine.Locked?.Id ?? -1} spinning={(machine.Spinning ? 1 : 0)} idle={(machine.IsIdle ? 1 : 0)} "
                + $"inscheduler={(machine.WasInScheduler ? 1 : 0)}");
        }

        engine.Lock.Exit();
        machines.Reverse();
        lines.AddRange(machines);
        return lines;
    }

    /// <summary>Goroutines that have waited and not ended, by id; all there are if nothing runs and nothing is queued.</summary>
    internal static List<GoroutineInfo> Asleep(Engine engine) =>
        Describe(engine.Registry.Snapshot().Where(static goroutine => !goroutine.HasEnded));

    internal static List<GoroutineInfo> Describe(IEnumerable<Goroutine> goroutines) =>
        [.. goroutines.Select(static goroutine => goroutine.Describe()).OrderBy(static goroutine => goroutine.Id)];
}
