using System.Diagnostics;
using Weft.Runtime.Host;
using Weft.Stress.Faults;
using Weft.Waiting;

namespace Weft.Stress.Scenarios;

/// <summary>
/// The moments at which something goes as work for it comes, again and again, at every distance of the two:
/// <list type="bullet">
/// <item>a processor becomes idle as a goroutine is published on another one whose machine then waits for it without ever entering the
/// scheduler: if the wake-up is lost, nobody can make up for it;</item>
/// <item>a second processor comes into force as a goroutine is published on the only one, in the same way;</item>
/// <item>an idle machine is ordered out as a goroutine is started from outside;</item>
/// <item>the last machine and the monitor leave as a timer is set from outside;</item>
/// <item>they leave as the last machine, which is locked, leaves the monitor something to do.</item>
/// </list>
/// </summary>
internal sealed class Handshakes : Scenario
{
    private const int RoundsPerLook = 2_000;
    private const int SpinsPerLook = 1_024;

    // Larger than the caches by far, for what one CPU of a shared machine gets of them.
    private static readonly byte[] s_cold = new byte[64 << 20];

    public override string Name => "handshakes";

    public override double Share => 1.5;

    public override void Run(ScenarioContext context)
    {
        for (int seed = context.Seed; !context.IsOver; seed++)
        {
            // With delays, wide windows; without, the real ones.
            using DelayInjector? injector = (seed & 1) == 0 ? new DelayInjector(seed) : null;
            context.Add("submits against an idle processor", ProcessorAgainstSubmit(seed, context.Options.Limit));
            context.Add("submits against a second processor", SecondProcessorAgainstSubmit(seed, context.Options.Limit));
            context.Add("submits against a retiring machine", MachineAgainstSubmit(seed, context.Options.Limit));
            context.Add("timers against a leaving monitor", MonitorAgainstTimer(seed, context.Options.Limit));
            context.Add("errands against a leaving monitor", MonitorAgainstErrand(seed, context.Options.Limit));
            context.Add("delays", injector?.Delays ?? 0);
        }
    }

    private static long ProcessorAgainstSubmit(int seed, TimeSpan limit)
    {
        // So long a time slice that the publisher keeps its processor.
        var scheduler = new Scheduler(new SchedulerOptions { Name = "submit", MaxProcs = 2, TimeSlice = TimeSpan.FromSeconds(10) });
        FaultPoints.NoSecondChance = true;
        try
        {
            Goroutine<int> publisher = scheduler.Start(() => Publish(scheduler, seed, limit));
            publisher.Task.Wait(); // it watches itself
            scheduler.Dispose();
            return publisher.Task.Result;
        }
        finally
        {
            FaultPoints.NoSecondChance = false;
        }
    }

    /// <summary>Starts goroutines and waits for each without entering the scheduler; says how many.</summary>
    private static int Publish(Scheduler scheduler, int seed, TimeSpan limit)
    {
        var random = new Random(seed);
        var ran = new Count();
        Action body = () => Interlocked.Increment(ref ran.Value);
        int startedSoFar = 0;
        for (int round = 1; round <= RoundsPerLook; round++)
        {
            if (random.Next(4) != 0)
                FillStoreBuffer(s_cold, random);
            int count = random.Next(4) != 0 ? 1 : 2; // into the slot, or into the slot and the ring
            for (int i = 0; i < count; i++)
                scheduler.Start(body);
            startedSoFar += count;
            AwaitWithoutEntering(() => Volatile.Read(ref ran.Value) == startedSoFar, scheduler, seed, limit);

            // How long the other machine looks for work before it gives up, and more, and less.
            Thread.SpinWait(random.Next(random.Next(4) != 0 ? 40 : 150));
        }

        return RoundsPerLook;
    }

    private static long SecondProcessorAgainstSubmit(int seed, TimeSpan limit)
    {
        var scheduler = new Scheduler(new SchedulerOptions { Name = "second", MaxProcs = 1, TimeSlice = TimeSpan.FromSeconds(10) });
        var random = new Random(seed);
        var asked = new Count();
        var ran = new Count();
        Action body = () => Interlocked.Increment(ref ran.Value);
        FaultPoints.NoSecondChance = true;
        try
        {
            Goroutine<int> publisher = scheduler.Start(() =>
            {
                var own = new Random(~seed);
                for (int round = 1; round <= RoundsPerLook; round++)
                {
                    AwaitWithoutEntering(() => Volatile.Read(ref asked.Value) >= round, scheduler, seed, TimeSpan.MaxValue);
                    Thread.SpinWait(own.Next(100));
                    scheduler.Start(body);
                    AwaitWithoutEntering(() => Volatile.Read(ref ran.Value) == round, scheduler, seed, limit);
                }

                return RoundsPerLook;
            });
            for (int round = 1; round <= RoundsPerLook && !publisher.Task.IsCompleted; round++)
            {
                scheduler.MaxProcs = 1;
                Volatile.Write(ref asked.Value, round);
                Thread.SpinWait(random.Next(100));
                scheduler.MaxProcs = 2;
                while (Volatile.Read(ref ran.Value) != round && !publisher.Task.IsCompleted)
                    Thread.Yield();
            }

            publisher.Task.Wait();
            scheduler.Dispose();
            return publisher.Task.Result;
        }
        finally
        {
            FaultPoints.NoSecondChance = false;
        }
    }

    /// <summary>Waits on a goroutine's thread, which keeps its processor all the time.</summary>
    private static void AwaitWithoutEntering(Func<bool> isOver, Scheduler scheduler, int seed, TimeSpan limit)
    {
        long started = Stopwatch.GetTimestamp();
        for (int spins = 1; !isOver(); spins++)
        {
            Thread.SpinWait(1);
            if (spins % SpinsPerLook != 0)
                continue;
            Thread.Yield(); // with a single CPU, somebody else has to get it; a sleep would cost the processor
            if (Stopwatch.GetElapsedTime(started) > limit)
                ThrowUnlessLeftToTheMonitor(scheduler, seed, ref started);
        }
    }

    /// <summary>
    /// After a hand-off, the scheduler may have left out a wake-up on purpose, for the monitor to make up for. Then it may, and this look
    /// shows nothing.
    /// </summary>
    private static void ThrowUnlessLeftToTheMonitor(Scheduler scheduler, int seed, ref long started)
    {
        SchedulerStatistics now = scheduler.Statistics;
        if (!FaultPoints.NoSecondChance || now.HandOffsByMonitor + now.HandOffsByTimeSlice == 0)
            throw StressFailure.Lost($"seed {seed}: a goroutine was started, a processor is idle, and no machine runs it", scheduler);
        FaultPoints.NoSecondChance = false;
        started = Stopwatch.GetTimestamp();
    }

    /// <summary>
    /// Writes to memory that is in no cache: the CPU keeps what is stored next waiting behind it, for as long as nothing drains its store
    /// buffer. A publication that lacks its fence becomes visible late.
    /// </summary>
    private static void FillStoreBuffer(byte[] cold, Random random)
    {
        const int Stores = 40;
        const int Stride = 4096 + 64; // another page and another line each time: nothing foresees it
        int at = random.Next(cold.Length - (Stores * Stride));
        for (int i = 0; i < Stores; i++)
            cold[at + (i * Stride)] = (byte)i;
    }

    private static long MachineAgainstSubmit(int seed, TimeSpan limit)
    {
        var scheduler = LeavingAtOnce("retire", procs: 1 + (seed & 1));
        var random = new Random(seed);
        for (int round = 0; round < RoundsPerLook / 10; round++)
        {
            using var ran = new ManualResetEventSlim();
            scheduler.Start(ran.Set);
            if (!ran.Wait(limit))
                throw StressFailure.Lost($"seed {seed}: a goroutine was started from outside, and no machine runs it", scheduler);
            Thread.SpinWait(random.Next(20_000));
        }

        scheduler.Dispose();
        return RoundsPerLook / 10;
    }

    private static long MonitorAgainstTimer(int seed, TimeSpan limit)
    {
        var scheduler = LeavingAtOnce("timer", procs: 1);
        var random = new Random(seed);
        for (int round = 0; round < RoundsPerLook / 10; round++)
        {
            SleepOperation sleep = scheduler.Engine.Sleep(TimeSpan.FromMicroseconds(random.Next(1, 200)), CancellationToken.None);
            Task slept = new SleepAwaitable(sleep).AsTask();
            if (!slept.Wait(limit))
                throw StressFailure.Lost($"seed {seed}: a timer was set from outside, and nobody fires it", scheduler);
            Thread.SpinWait(random.Next(20_000));
        }

        scheduler.Dispose();
        return RoundsPerLook / 10;
    }

    /// <summary>
    /// A goroutine that ends locked tells somebody outside, and starts a goroutine of a scheduler that may have no thread either: both are
    /// left to the monitor of its own.
    /// </summary>
    private static long MonitorAgainstErrand(int seed, TimeSpan limit)
    {
        var scheduler = LeavingAtOnce("errand", procs: 1);
        var other = LeavingAtOnce("other", procs: 1);
        var random = new Random(seed);
        for (int round = 0; round < RoundsPerLook / 20; round++)
        {
            using var ran = new ManualResetEventSlim();
            int spins = random.Next(2_000);
            Task ended = scheduler.Start(() =>
            {
                Go.LockOSThread();
                other.Start(ran.Set);
                Thread.SpinWait(spins);
            }).Completion;
            if (!ended.Wait(limit))
                throw StressFailure.Lost($"seed {seed}: a goroutine has ended locked, and nobody is told", scheduler);
            if (!ran.Wait(limit))
                throw StressFailure.Lost($"seed {seed}: a goroutine was started from a locked one, and no machine runs it", other);
            Thread.SpinWait(random.Next(20_000));
        }

        scheduler.Dispose();
        other.Dispose();
        return RoundsPerLook / 20;
    }

    /// <summary>Its machines are ordered out as soon as they are idle.</summary>
    private static Scheduler LeavingAtOnce(string name, int procs) => new(new SchedulerOptions
    {
        Name = name,
        MaxProcs = procs,
        IdleTimeout = TimeSpan.FromTicks(1),
        MinIdleTimeout = TimeSpan.FromTicks(1),
    });

    private sealed class Count
    {
        public int Value;
    }
}
