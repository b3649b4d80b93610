using Weft.Runtime.Core;
using Weft.Runtime.Host;
using Weft.Threads;

namespace Weft.Runtime.Watching;

/// <summary>
/// Takes processors from machines that sleep in calls, or compute for too long, while goroutines wait and no processor is idle; and sees to
/// work for which nobody was woken. Used by the monitor only. Times are nanoseconds on the monotonic clock.
/// </summary>
internal sealed class ProcessorWatch(Engine engine)
{
    /// <summary>
    /// Work that was there at each look for this long, although a processor is idle, has nobody on the way to it: the monitor's longest
    /// nap.
    /// </summary>
    private const long LeftAloneAfter = 10_000_000;

    private readonly StallRelief _relief = new();
    private Sample[] _samples = [];

    /// <summary>
    /// One look at every processor. A machine's state, which costs microseconds to read, is read only if it has run the same goroutine
    /// since the last look; or at once while hand-offs come one after the other (<paramref name="closely"/>), as goroutines that block at
    /// once come in crowds.
    /// </summary>
    /// <returns>Whether a processor was taken, or a goroutine got its turn without.</returns>
    internal bool TakeWhereDue(long now, bool closely)
    {
        bool taken = false;
        long lastTurn = 0;
        Processor[] processors = engine.Processors;
        MakeRoom(processors.Length);
        for (int i = 0; i < processors.Length; i++)
        {
            Processor processor = processors[i];
            Sample sample = _samples[i];
            Machine? machine = Volatile.Read(ref processor.Owner);
            bool isStill = sample.Update(machine, Volatile.Read(ref processor.Tick), now);
            if (IsLeftAlone(processor, sample, isStill, now) && !FaultPoints.NoSecondChance)
            {
                sample.HasWorkSince = now;
                engine.Wake();
            }

            if (processor.Id < engine.MaxProcs)
                lastTurn = Math.Max(lastTurn, sample.Since);
            if (machine is not null && (isStill || closely))
                taken |= TryTake(processor, machine, now - sample.Since);
        }

        return taken | RelieveStall(now, lastTurn);
    }

    private bool TryTake(Processor processor, Machine machine, long forNanoseconds)
    {
        if (engine.IdleProcessorCount > 0 || machine.WasInScheduler || !engine.AnyWork())
            return false;
        if (engine.Platform.GetActivity(machine.ThreadId) == ThreadActivity.Blocked)
            return engine.TryTake(processor, machine, HandOffCause.Monitor);
        return forNanoseconds >= MonotonicClock.Nanoseconds(engine.Options.TimeSlice)
            && engine.TryTake(processor, machine, HandOffCause.TimeSlice);
    }

    /// <summary>
    /// Whether goroutines wait at a processor for which nobody was woken, while another is idle: its machine has gone on with one goroutine
    /// since the last look, or there was work at each look for 10 ms. (Work that is seen once may be a goroutine that is about to be run.)
    /// </summary>
    private bool IsLeftAlone(Processor processor, Sample sample, bool isStill, long now)
    {
        if (engine.IdleProcessorCount == 0 || !processor.HasWork)
        {
            sample.HasWorkSince = Sample.Never;
            return false;
        }

        if (sample.HasWorkSince == Sample.Never)
            sample.HasWorkSince = now;
        return isStill || now - sample.HasWorkSince >= LeftAloneAfter;
    }

    /// <summary>Gives waiting goroutines their turn if none has had one for long because others compute; whether any got one.</summary>
    private bool RelieveStall(long now, long lastTurn)
    {
        if (!engine.ManyCompute || engine.IdleProcessorCount > 0 || !engine.AnyWork())
            return false;
        int turns = _relief.TurnsDue(now, lastTurn, MonotonicClock.Nanoseconds(engine.Options.TimeSlice));
        return turns > 0 && engine.RunWithoutProcessor(turns) > 0;
    }

    private void MakeRoom(int processors)
    {
        int known = _samples.Length;
        if (known >= processors)
            return;
        Array.Resize(ref _samples, processors);
        for (int i = known; i < processors; i++)
            _samples[i] = new Sample();
    }

    /// <summary>What was seen of a processor at the last look.</summary>
    private sealed class Sample
    {
        internal const long Never = -1;

        private int _tick = -1;
        private Machine? _machine;

        /// <summary>Since when the same machine has run the same goroutine.</summary>
        internal long Since { get; private set; }

        /// <summary>Since when something was queued at each look, and another processor idle.</summary>
        internal long HasWorkSince { get; set; } = Never;

        /// <summary>Notes what is seen now; true if a machine has gone on with one goroutine since the last look.</summary>
        internal bool Update(Machine? machine, int tick, long now)
        {
            if (machine is not null && machine == _machine && tick == _tick)
                return true;
            (_machine, _tick, Since) = (machine, tick, now);
            return false;
        }
    }
}
