using Weft.Threads;

namespace Weft.Stress.Storms;

/// <summary>How a scheduler of a storm ends.</summary>
internal enum StormEnd
{
    /// <summary>Disposed when its goroutines have ended.</summary>
    Dispose,

    /// <summary>Left alone until it has no thread any more, then disposed.</summary>
    FallQuiet,

    /// <summary>Disposed while they run: some never end, and what waits for them is told.</summary>
    DisposeEarly,
}

/// <summary>A change from outside, so long after the one before.</summary>
internal readonly record struct Disturbance(int AfterMicroseconds, int Kind, int Value)
{
    public const int Kinds = 5;
}

/// <summary>What one goroutine does: the steps, and how it ends.</summary>
internal sealed record GoroutinePlan(StepKind[] Steps, int[] Amounts, bool Synchronous, bool EndsLocked, bool Taints, bool KeepsThread);

/// <summary>A scheduler and its goroutines.</summary>
internal sealed record SchedulerPlan(SchedulerOptions Options, GoroutinePlan[] Goroutines, Disturbance[] Disturbances, StormEnd End);

/// <summary>
/// Everything random about a storm, drawn from its seed alone, so that the same seed is the same storm. What the threads make of it differs
/// from run to run.
/// </summary>
internal sealed record StormPlan(int Seed, SchedulerPlan[] Schedulers)
{
    private const int MostSchedulers = 3;
    private const int MostSteps = 16;
    private const int MostDisturbances = 40;

    // So small that sizes of 1 come up as often as hundreds: the exponent is drawn, not the size.
    private const double LargestStormLog2 = 9;

    private static readonly StepKind s_firstThatNeedsThreads = StepKind.SyncOverAsync;
    private static readonly int[] s_limits = [4, 6, 12, 40];
    private static readonly int[] s_idleMicroseconds = [1, 100, 1_000, 20_000];
    private static readonly int[] s_extras = [0, 1, 64];

    public static StormPlan Draw(int seed)
    {
        var random = new Random(seed);
        var schedulers = new SchedulerPlan[random.Next(1, MostSchedulers + 1)];
        for (int i = 0; i < schedulers.Length; i++)
            schedulers[i] = DrawScheduler(random, i);
        return new StormPlan(seed, schedulers);
    }

    private static SchedulerPlan DrawScheduler(Random random, int number)
    {
        bool fewThreads = random.Next(5) == 0;
        var idle = TimeSpan.FromMicroseconds(Pick(random, s_idleMicroseconds));
        var options = new SchedulerOptions
        {
            Name = $"storm{number}",
            MaxProcs = random.Next(1, 9),
            MaxThreads = fewThreads ? Pick(random, s_limits) : 10_000,
            StackSizeBytes = OSThreadOptions.MinStackSizeBytes << random.Next(3),
            IdleTimeout = idle * random.Next(1, 4),
            MinIdleTimeout = idle,
            IdleThreadsAtMinTimeout = random.Next(2, 40),
            TimeSlice = TimeSpan.FromMilliseconds(random.Next(1, 12)),
            MaxComputingExtra = Pick(random, s_extras),
        };
        double[] weights = DrawWeights(random, fewThreads);
        bool taints = !fewThreads && random.Next(4) == 0;
        double log2 = random.NextDouble() * LargestStormLog2;
        var goroutines = new GoroutinePlan[(int)Math.Pow(2, log2)];
        for (int i = 0; i < goroutines.Length; i++)
            goroutines[i] = DrawGoroutine(random, weights, taints, fewThreads);
        var disturbances = new Disturbance[random.Next(MostDisturbances)];
        for (int i = 0; i < disturbances.Length; i++)
            disturbances[i] = new Disturbance(random.Next(2_000), random.Next(Disturbance.Kinds), random.Next(1, 17));
        var end = (StormEnd)random.Next(3);
        return new SchedulerPlan(options, goroutines, disturbances, end);
    }

    /// <summary>Some kinds often, some never: an even mixture of everything hides what two kinds do to each other.</summary>
    private static double[] DrawWeights(Random random, bool fewThreads)
    {
        StepKind[] kinds = Enum.GetValues<StepKind>();
        double[] weights = [.. kinds.Select(_ => random.Next(3) == 0 ? 0 : Math.Pow(random.NextDouble(), 2))];
        for (int i = 0; i < kinds.Length; i++)
        {
            if (fewThreads && kinds[i] >= s_firstThatNeedsThreads)
                weights[i] = 0;
        }

        weights[(int)StepKind.Yield] += 0.05; // never all zero
        return weights;
    }

    private static GoroutinePlan DrawGoroutine(Random random, double[] weights, bool taints, bool fewThreads)
    {
        int steps = random.Next(MostSteps);
        var kinds = new StepKind[steps];
        var amounts = new int[steps];
        for (int i = 0; i < steps; i++)
        {
            kinds[i] = PickWeighted(random, weights);
            amounts[i] = random.Next(1, 100);
        }

        bool locked = random.Next(10) == 0;
        return new GoroutinePlan(
            kinds,
            amounts,
            Synchronous: random.Next(4) == 0,
            EndsLocked: locked,
            Taints: locked && taints,
            KeepsThread: locked && !fewThreads && random.Next(8) == 0);
    }

    private static StepKind PickWeighted(Random random, double[] weights)
    {
        double at = random.NextDouble() * weights.Sum();
        for (int i = 0; i < weights.Length; i++)
        {
            at -= weights[i];
            if (at < 0)
                return (StepKind)i;
        }

        return StepKind.Yield;
    }

    private static int Pick(Random random, int[] from) => from[random.Next(from.Length)];
}
