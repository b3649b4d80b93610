using Weft.Guarding;

namespace Weft.Tests.Guarding;

/// <summary>Runs a load on a simulated pool, with a guard or without.</summary>
internal sealed class Simulation(SimulatedPool pool, bool isGuarded)
{
    private readonly GuardPolicy _policy = new(Math.Min(pool.Processors, pool.Quota), pool);
    private double _nextLook;

    public SimulatedPool Pool => pool;

    public HashSet<PoolFinding> Findings { get; } = [];

    public void RunFor(double milliseconds, Action<double>? arrivals = null)
    {
        double end = pool.Now + milliseconds;
        while (pool.Now < end)
            Step(arrivals);
    }

    /// <summary>Runs until something holds; false if it does not within the time.</summary>
    public bool RunUntil(Func<bool> holds, double milliseconds)
    {
        double end = pool.Now + milliseconds;
        while (!holds() && pool.Now < end)
            Step(null);
        return holds();
    }

    /// <summary>A client that sends the next item when the last has ended.</summary>
    public void AddClient(Func<Phase[]> phases)
    {
        pool.Queue(new SimulatedItem(pool.Now, phases()) { OnEnded = _ => AddClient(phases) });
    }

    private void Step(Action<double>? arrivals)
    {
        arrivals?.Invoke(pool.Now);
        pool.Step();
        if (!isGuarded || pool.Now < _nextLook)
            return;
        GuardStep step = _policy.Judge(pool.Look());
        Findings.Add(step.Finding);
        if (step.Minimum != pool.Minimum)
            pool.SetMinimum(step.Minimum);
        _nextLook = pool.Now + (step.NextNanoseconds / 1e6);
    }
}
