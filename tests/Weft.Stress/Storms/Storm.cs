using Weft.Stress.Faults;

namespace Weft.Stress.Storms;

/// <summary>Runs one plan from the first start to the last look.</summary>
internal static class Storm
{
    /// <param name="plan">What to run.</param>
    /// <param name="context">Where it is counted.</param>
    /// <param name="platform">The platform underneath, or null for the real one.</param>
    public static void Run(StormPlan plan, ScenarioContext context, RefusingPlatform? platform)
    {
        string what = $"storm of seed {plan.Seed}";
        var pipe = new ReleasedPipe();
        var schedulers = new StormScheduler[plan.Schedulers.Length];
        for (int i = 0; i < schedulers.Length; i++)
            schedulers[i] = new StormScheduler(plan.Schedulers[i], platform, pipe, what);

        foreach (StormScheduler scheduler in schedulers)
            scheduler.Start();
        Disturb(plan, schedulers);
        foreach (StormScheduler scheduler in schedulers)
            scheduler.Finish(context.Options.Limit);
        pipe.Dispose();

        context.Add("storms");
        foreach (StormScheduler scheduler in schedulers)
            Count(scheduler, context);
    }

    /// <summary>By turns, one of each scheduler's at a time.</summary>
    private static void Disturb(StormPlan plan, StormScheduler[] schedulers)
    {
        int most = plan.Schedulers.Max(static scheduler => scheduler.Disturbances.Length);
        for (int turn = 0; turn < most; turn++)
        {
            for (int i = 0; i < schedulers.Length; i++)
            {
                if (turn >= plan.Schedulers[i].Disturbances.Length)
                    continue;
                Disturbance disturbance = plan.Schedulers[i].Disturbances[turn];
                _ = Native.SleepMicroseconds((uint)disturbance.AfterMicroseconds);
                schedulers[i].Disturb(disturbance);
            }
        }
    }

    private static void Count(StormScheduler scheduler, ScenarioContext context)
    {
        SchedulerStatistics statistics = scheduler.Statistics;
        context.Add("schedulers");
        context.Add("goroutines", statistics.GoroutinesStarted);
        context.Add("steps", scheduler.Tally.Steps);
        context.Add("threads", statistics.ThreadsCreated);
        context.Add("hand-offs",
            statistics.HandOffsByMonitor + statistics.HandOffsByTimeSlice + statistics.HandOffsByWait + statistics.HandOffsExplicit);
        context.Add("steals", statistics.Steals);
        context.Add("abandoned", scheduler.Tally.Begun - scheduler.Tally.Ended);
        context.Add("of them refused a start", scheduler.Tally.Refused);
        context.Add("thread limits met", scheduler.Tally.LimitsMet);
        context.Add("pool threads with a tainted thread's state", scheduler.Tally.TaintedPoolThreads);
    }
}
