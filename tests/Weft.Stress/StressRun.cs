using System.Diagnostics;
using Weft.Stress.Faults;
using Weft.Stress.Results;
using Weft.Stress.Scenarios;

namespace Weft.Stress;

/// <summary>Runs the scenarios one after the other and prints what they showed.</summary>
internal static class StressRun
{
    private static readonly Scenario[] s_scenarios =
    [
        new ThreadSoak(),
        new BlockedFinalizer(),
        new Handshakes(),
        new RandomStorms(),
        new Waits(),
        new Flows(),
        new Refusals(),
        new Signals(),
        new Suspensions(),
        new Tracing(),
        new DeathSignals(),
    ];

    public static IEnumerable<string> ScenarioNames => s_scenarios.Select(static scenario => scenario.Name);

    /// <summary>The program's exit code.</summary>
    public static int Run(StressOptions options)
    {
        ScenarioContext.Log($"seed {options.Seed}");
        long started = Stopwatch.GetTimestamp();
        Scenario[] chosen = [.. s_scenarios.Where(scenario => options.Scenarios.Count == 0 || options.Scenarios.Contains(scenario.Name))];
        double shares = chosen.Sum(static scenario => scenario.Share);
        var results = new List<ScenarioResult>();
        using (new Hogs(options.Hogs))
        {
            foreach (Scenario scenario in chosen)
            {
                ScenarioResult result = Run(scenario, new ScenarioContext(options, options.Duration * (scenario.Share / shares)));
                results.Add(result);
                ScenarioContext.Log(result.ToText());
                if (result.Failure is not null)
                    break; // threads may hang: what follows would show nothing of its own
            }
        }

        StressResult all = StressResult.Of(options, Stopwatch.GetElapsedTime(started), results);
        Console.Out.WriteLine(options.Json ? all.ToJson() : all.ToText());
        Console.Out.Flush();

        // A goroutine that hangs must not keep the process.
        Environment.Exit(all.Ok ? 0 : 1);
        return 0;
    }

    private static ScenarioResult Run(Scenario scenario, ScenarioContext context)
    {
        string? failure = null;
        try
        {
            scenario.Run(context);
        }
        catch (Exception e)
        {
            Exception cause = e is AggregateException { InnerException: StressFailure inner } ? inner : e;
            failure = cause is StressFailure ? cause.Message : cause.ToString();
        }

        return new ScenarioResult(scenario.Name, context, failure);
    }
}
