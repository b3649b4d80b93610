using Weft.Stress.Faults;
using Weft.Stress.Observation;
using Weft.Stress.Storms;

namespace Weft.Stress.Scenarios;

/// <summary>
/// Storms of random plans, one seed after the other from the one given, with short delays at the labelled points. A storm that fails says
/// its seed; <c>--scenario storms --repeat --seed N</c> runs its plan again and again.
/// </summary>
internal sealed class RandomStorms : Scenario
{
    private const int WarmUps = 20;

    public override string Name => "storms";

    public override double Share => 4;

    public override void Run(ScenarioContext context)
    {
        ProcessFigures? before = null;
        int seed = context.Seed;
        for (int number = 0; number == 0 || !context.IsOver; number++)
        {
            if (number == WarmUps)
                before = ProcessFigures.Settled();
            RunOne(seed, context);
            if (!context.Options.Repeat)
                seed++;
        }

        context.Set("last seed", context.Options.Repeat ? seed : seed - 1);
        ProcessFigures after = ProcessFigures.Settled();
        ThreadSoak.Report(context, before ?? after, after);
        after.RequireNoMoreThan(before ?? after, ThreadSoak.Limits, $"after the storms of seeds {context.Seed} to {seed}");
    }

    private static void RunOne(int seed, ScenarioContext context)
    {
        var injector = new DelayInjector(seed);
        try
        {
            Storm.Run(StormPlan.Draw(seed), context, platform: null);
        }
        finally
        {
            injector.Dispose();
        }

        context.Add("delays", injector.Delays);
    }
}
