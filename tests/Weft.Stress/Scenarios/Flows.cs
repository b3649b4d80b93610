using Weft.Stress.Faults;

namespace Weft.Stress.Scenarios;

/// <summary>
/// Goroutines whose flows run side by side: flows await and block for each other, post to each other's context, throw, are cancelled, and
/// are left behind by a disposal, on few threads and on many. With short delays at the labelled points. What is checked: each flow ends
/// once, with the outcome that it was to have; what was posted runs once; AsyncLocal values stay with their flow; the handle of the
/// goroutine ends with the last of its flows, and no thread and no stack is left.
/// </summary>
internal sealed class Flows : Scenario
{
    private const int MaxRoots = 40;

    // The fewest that a scheduler may have: the monitor, and three.
    private const int FewestThreads = 4;

    // More than there are flows that block.
    private const int AmpleThreads = 2_000;

    public override string Name => "flows";

    public override double Share => 1;

    public override void Run(ScenarioContext context)
    {
        for (int seed = context.Seed; !context.IsOver; seed++)
        {
            using DelayInjector? injector = (seed & 1) == 0 ? new DelayInjector(seed) : null;
            RunOne(seed, context);
            context.Add("delays", injector?.Delays ?? 0);
            context.Set("last seed", seed);
            if (context.Options.Repeat)
                seed--;
        }
    }

    private static void RunOne(int seed, ScenarioContext context)
    {
        var random = new Random(seed);
        bool isDisposedEarly = random.Next(8) == 0;
        var scheduler = new Scheduler(new SchedulerOptions
        {
            Name = "flows",
            ConcurrentFlows = true,
            MaxProcs = random.Next(1, 5),
            MaxThreads = random.Next(2) == 0 ? FewestThreads + random.Next(8) : AmpleThreads,
            IdleTimeout = TimeSpan.FromMilliseconds(1),
            MinIdleTimeout = TimeSpan.FromMilliseconds(1),
            TimeSlice = TimeSpan.FromMilliseconds(random.Next(1, 11)),
        });
        FlowRoot[] roots = [.. Enumerable.Range(0, random.Next(2, MaxRoots)).Select(_ => new FlowRoot(random.Next(), isDisposedEarly))];
        Goroutine<bool>[] all = [.. roots.Select(root => scheduler.Start(root.RunAsync))];
        if (isDisposedEarly)
        {
            _ = Native.SleepMicroseconds((uint)random.Next(3_000));
            Dispose(scheduler, seed, context.Options.Limit);
        }

        Task ends = Task.WhenAll(all.Select(static goroutine => goroutine.Task));
        try
        {
            if (!ends.Wait(context.Options.Limit))
                throw StressFailure.Lost($"seed {seed}: goroutines with concurrent flows did not end", scheduler);
        }
        catch (AggregateException e) when (isDisposedEarly && e.InnerExceptions.All(static one => one is ObjectDisposedException))
        {
            context.Add("abandoned", all.Count(static goroutine => goroutine.Task.IsFaulted));
        }

        // What goes on after a disposal does so on the pool, and ends there.
        if (!SpinWait.SpinUntil(() => roots.All(static root => root.HasEnded), context.Options.Limit))
            throw StressFailure.Lost($"seed {seed}: flows did not end", scheduler);
        if (!isDisposedEarly)
            Dispose(scheduler, seed, context.Options.Limit);
        foreach (FlowRoot root in roots)
        {
            StressFailure.ThrowUnless(root.Violation is null, $"seed {seed}: {root.Violation}");
            context.Add("flows", root.Begun);
            context.Add("posts", root.Posts);
        }

        SchedulerStatistics end = scheduler.Statistics;
        StressFailure.ThrowUnless(
            end.Threads == 0 && end.ThreadsCreated == end.ThreadsReaped && end.StackBytesMapped == 0,
            $"seed {seed}: threads or stacks are left: {end}");
        context.Add("schedulers");
        context.Add("goroutines", end.GoroutinesStarted);
        context.Add("threads", end.ThreadsCreated);
    }

    private static void Dispose(Scheduler scheduler, int seed, TimeSpan limit)
    {
        var disposer = new Thread(scheduler.Dispose) { IsBackground = true, Name = "disposer" };
        disposer.Start();
        if (!disposer.Join(limit))
            throw StressFailure.Lost($"seed {seed}: Dispose does not return", scheduler);
    }
}
