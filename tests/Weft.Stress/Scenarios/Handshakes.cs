using System.Diagnostics;
using Weft.Stress.Faults;

namespace Weft.Stress.Scenarios;

/// <summary>
/// The moments at which something goes as work for it comes, again and again, at every distance of the two:
/// <list type="bullet">
/// <item>a processor becomes idle as a goroutine is published on another one whose machine then waits for it without ever entering the scheduler:
/// if the wake-up is lost, nobody can make up for it;</item>
/// <item>an idle machine is ordered out as a goroutine is started from outside;</item>
/// <item>the last machine and the monitor leave as a timer is set from outside.</item>
/// </list>
/// </summary>
internal sealed class Handshakes : Scenario
{
    private const int RoundsPerLook = 2_000;

    public override string Name => "handshakes";

    public override double Share => 1.5;

    public override void Run(ScenarioContext context)
    {
        for (int seed = context.Seed; !context.IsOver; seed++)
        {
            // With delays, wide windows; without, the real ones.
            using DelayInjector? injector = (seed & 1) == 0 ? new DelayInjector(seed) : null;
            context.Add("submits against an idle processor", ProcessorAgainstSubmit(seed, context.Options.Limit));
            context.Add("submits against a retiring machine", MachineAgainstSubmit(seed, context.Options.Limit));
            context.Add("timers against a leaving monitor", MonitorAgainstTimer(seed, context.Options.Limit));
            context.Add("delays", injector?.Delays ?? 0);
        }
    }

    private static long ProcessorAgainstSubmit(int seed, TimeSpan limit)
    {
        var scheduler = new Scheduler(new SchedulerOptions { Name = "submit", MaxProcs = 2 });
        Goroutine<bool> publisher = scheduler.Start(() => Publish(seed, limit));
        if (!publisher.Task.Wait(limit + limit) || !publisher.Task.Result)
            throw StressFailure.Lost($"seed {seed}: a goroutine was started, a processor is idle, and no machine runs it", scheduler);
        scheduler.Dispose();
        return RoundsPerLook;
    }

    /// <summary>Starts goroutines and waits for each without entering the scheduler.</summary>
    private static bool Publish(int seed, TimeSpan limit)
    {
        var random = new Random(seed);
        var flag = new StrongFlag();
        for (int round = 1; round <= RoundsPerLook; round++)
        {
            int number = round;
            Go.Start(() => flag.Round = number);
            long started = Stopwatch.GetTimestamp();
            for (int spins = 1; flag.Round != round; spins++)
            {
                Thread.SpinWait(1);
                if (spins % 1_024 != 0)
                    continue;
                _ = Native.SleepMicroseconds(1); // with a single CPU, somebody else has to get it
                if (Stopwatch.GetElapsedTime(started) > limit)
                    return false;
            }

            // How long the other machine looks for work before it gives up, and more, and less.
            Thread.SpinWait(random.Next(200));
        }

        return true;
    }

    private static long MachineAgainstSubmit(int seed, TimeSpan limit)
    {
        // The machine is ordered out as soon as it is idle.
        var scheduler = new Scheduler(new SchedulerOptions
        {
            Name = "retire",
            MaxProcs = 1 + (seed & 1),
            IdleTimeout = TimeSpan.FromTicks(1),
            MinIdleTimeout = TimeSpan.FromTicks(1),
        });
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
        var scheduler = new Scheduler(new SchedulerOptions
        {
            Name = "timer",
            MaxProcs = 1,
            IdleTimeout = TimeSpan.FromTicks(1),
            MinIdleTimeout = TimeSpan.FromTicks(1),
        });
        var random = new Random(seed);
        for (int round = 0; round < RoundsPerLook / 10; round++)
        {
            Task slept = scheduler.Engine.SleepAsync(TimeSpan.FromMicroseconds(random.Next(1, 200)), CancellationToken.None).AsTask();
            if (!slept.Wait(limit))
                throw StressFailure.Lost($"seed {seed}: a timer was set from outside, and nobody fires it", scheduler);
            Thread.SpinWait(random.Next(20_000));
        }

        scheduler.Dispose();
        return RoundsPerLook / 10;
    }

    private sealed class StrongFlag
    {
        public volatile int Round;
    }
}
