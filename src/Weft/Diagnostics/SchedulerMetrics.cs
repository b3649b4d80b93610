using System.Diagnostics.Metrics;
using Weft.Runtime.Core;

namespace Weft.Diagnostics;

/// <summary>
/// The instruments over the schedulers of the process: what is counted anyway, read when a listener asks. Keeps no scheduler alive; one
/// that has been stopped is told of no more.
/// </summary>
/// <remarks>
/// Schedulers of the same name are added up: a listener keeps one value for a set of tags, and would take the last one's for that of all.
/// </remarks>
internal static class SchedulerMetrics
{
    /// <summary>The tag with a scheduler's name.</summary>
    internal const string SchedulerTag = "weft.scheduler";

    static SchedulerMetrics()
    {
        AddStates("weft.goroutine.count", "{goroutine}", "Goroutines started and not ended.", "weft.goroutine.state", GoroutinesByState);
        AddCounter("weft.goroutine.started", "{goroutine}", "Goroutines started.", static e => e.GoroutinesStarted);
        AddCounter("weft.goroutine.ended", "{goroutine}", "Goroutines that have ended.", static e => e.GoroutinesEnded);
        AddCounter(
            "weft.goroutine.cancelled", "{goroutine}", "Of those that have ended, the ones that ended quietly by a cancelled token.",
            static e => e.GoroutinesCancelled);
        AddStates("weft.queue.length", "{goroutine}", "Goroutines in run queues.", "weft.queue", QueueLengths);
        AddStates("weft.processor.count", "{processor}", "Processors in force.", "weft.processor.state", ProcessorsByState);
        AddByKind(
            "weft.processor.hand_offs", "{hand_off}", "Processors that went from one thread to another.", "weft.hand_off.cause", HandOffs);
        AddCounter(
            "weft.processor.steals", "{steal}", "Successful steals of a part of another processor's run queue.",
            static e => e.Processors.Sum(static p => Volatile.Read(ref p.Steals)));
        AddStates("weft.thread.count", "{thread}", "Threads created and not reaped.", "weft.thread.state", ThreadsByState);
        AddLevel("weft.thread.limit", "{thread}", "The most threads that there may be.", static e => e.AllowedThreads.Threads);
        AddCounter("weft.thread.created", "{thread}", "Threads created.", static e => e.Host.Created);
        AddCounter("weft.thread.exited", "{thread}", "Threads that have left their code.", static e => e.Host.Exited);
        AddCounter("weft.thread.reaped", "{thread}", "Threads that were joined after their exit.", static e => e.Host.Reaped);
        AddCounter("weft.thread.refused", "{thread}", "Threads that were wanted and could not be had.", static e => e.Host.Refused);
        AddLevel("weft.timer.count", "{timer}", "Timers that are pending.", static e => e.Processors.Sum(static p => (long)p.Timers.Count));
        AddStates("weft.stack.size", "By", "Address space mapped for stacks.", "weft.stack.state", StackBytes);
        AddCounter(
            "weft.continuation.refused", "{continuation}", "Continuations that arrived after the scheduler was disposed.",
            static e => e.Refused);
        ThreadLifeTimes.MakeInstruments();
    }

    /// <summary>Has the instruments made, which cover every scheduler, and the lives of this one's threads measured.</summary>
    internal static void Attach(Engine engine) => engine.Host.Lives = new ThreadLifeTimes(engine.Name);

    private static (string, long)[] GoroutinesByState(Engine engine)
    {
        SchedulerStatistics now = EngineReport.Statistics(engine);
        return
        [
            ("running", now.GoroutinesRunning),
            ("runnable", now.GoroutinesRunnable),
            ("blocked", now.GoroutinesBlocked),
            ("parked", now.GoroutinesParked),
        ];
    }

    private static (string, long)[] ThreadsByState(Engine engine)
    {
        SchedulerStatistics now = EngineReport.Statistics(engine);
        long spinning = Math.Min(now.MachinesSpinning, now.MachinesRunning);
        long exited = Math.Max(0, now.ThreadsExited - now.ThreadsReaped);
        long others = now.Threads - now.MachinesRunning - now.MachinesBlocked - now.MachinesIdle - exited;
        return
        [
            ("running", now.MachinesRunning - spinning),
            ("searching", spinning),
            ("blocked", now.MachinesBlocked),
            ("idle", now.MachinesIdle),
            ("exited", exited),
            ("other", Math.Max(0, others)),
        ];
    }

    private static (string, long)[] ProcessorsByState(Engine engine)
    {
        int inForce = engine.MaxProcs;
        int idle = Math.Clamp(engine.IdleProcessorCount, 0, inForce);
        return [("busy", inForce - idle), ("idle", idle)];
    }

    private static (string, long)[] QueueLengths(Engine engine) =>
    [
        ("shared", engine.GlobalQueueCount),
        ("local", engine.Processors.Sum(static p => (long)p.QueuedCount)),
    ];

    private static (string, long)[] HandOffs(Engine engine) =>
    [
        ("wait", engine.HandOffs(HandOffCause.Wait)),
        ("monitor", engine.HandOffs(HandOffCause.Monitor)),
        ("explicit", engine.HandOffs(HandOffCause.Explicit)),
        ("time_slice", engine.HandOffs(HandOffCause.TimeSlice)),
    ];

    private static (string, long)[] StackBytes(Engine engine)
    {
        long cached = engine.Host.Stacks.BytesCached;
        return [("used", Math.Max(0, engine.Host.Stacks.BytesMapped - cached)), ("cached", cached)];
    }

    private static void AddCounter(string name, string unit, string description, Func<Engine, long> read) =>
        WeftMeter.Instance.CreateObservableCounter(name, () => Observe(read), unit, description);

    private static void AddLevel(string name, string unit, string description, Func<Engine, long> read) =>
        WeftMeter.Instance.CreateObservableUpDownCounter(name, () => Observe(read), unit, description);

    private static void AddByKind(string name, string unit, string description, string tag, Func<Engine, (string, long)[]> read) =>
        WeftMeter.Instance.CreateObservableCounter(name, () => Observe(tag, read), unit, description);

    private static void AddStates(string name, string unit, string description, string tag, Func<Engine, (string, long)[]> read) =>
        WeftMeter.Instance.CreateObservableUpDownCounter(name, () => Observe(tag, read), unit, description);

    private static IEnumerable<Measurement<long>> Observe(Func<Engine, long> read)
    {
        ThreadLifeTimes.Tell();
        return EngineList.Snapshot()
            .GroupBy(static engine => engine.Name)
            .Select(same => WeftMeter.Tagged(same.Sum(read), SchedulerTag, same.Key));
    }

    private static IEnumerable<Measurement<long>> Observe(string tag, Func<Engine, (string Kind, long Value)[]> read)
    {
        ThreadLifeTimes.Tell();
        return
            from engine in EngineList.Snapshot()
            from part in read(engine)
            group part.Value by (engine.Name, part.Kind) into same
            select new Measurement<long>(
                same.Sum(),
                new KeyValuePair<string, object?>(SchedulerTag, same.Key.Name),
                new KeyValuePair<string, object?>(tag, same.Key.Kind));
    }
}
