namespace Weft.Tests.Guarding;

/// <summary>Loads of services, as a simulated pool gets them; the figures of each are those of loads that were measured.</summary>
internal static class Loads
{
    public const string OthersCompute = "other processes take the processors";

    private const double Seconds = 1_000;

    /// <summary>By name: how the pool is made for it, and what happens to it.</summary>
    public static IReadOnlyDictionary<string, (Func<SimulatedPool, SimulatedPool>? Change, Action<Simulation> Run)> All { get; } =
        new Dictionary<string, (Func<SimulatedPool, SimulatedPool>?, Action<Simulation>)>
        {
            ["burst of 1,000 that sleep 50 ms"] = (null, s => Clients(s, 1_000, () => [Phase.Block(50)], 4 * Seconds)),
            ["256 that sleep 50 ms"] = (null, s => Clients(s, 256, () => [Phase.Compute(0.1), Phase.Block(50)], 4 * Seconds)),
            ["256 that sleep 1 ms"] = (null, s => Clients(s, 256, () => [Phase.Compute(0.02), Phase.Block(1)], 2 * Seconds)),
            ["slow ramp of calls of 200 ms"] = (null, Ramp),
            ["64 that compute 5 ms"] = (null, s => Clients(s, 64, () => [Phase.Compute(5)], 4 * Seconds)),
            ["256 that compute 0.1 ms"] = (null, s => Clients(s, 256, () => [Phase.Compute(0.1)], 1 * Seconds)),
            ["16 that compute 300 ms"] = (null, s => Clients(s, 16, () => [Phase.Compute(300)], 20 * Seconds)),
            ["half compute 5 ms, half sleep 20 ms"] = (null, Mixed),
            ["convoy of one lock, held asleep for 1 ms"] =
                (null, s => Clients(s, 256, () => [new(PhaseKind.Block, 1, Lock: 1)], 5 * Seconds)),
            ["convoy of one lock, held computing for 0.3 ms"] =
                (null, s => Clients(s, 256, () => [Phase.Compute(0.1), new(PhaseKind.Compute, 0.3, Lock: 1)], 5 * Seconds)),
            ["ten connections for 256 clients"] =
                (null, s => Clients(s, 256, () => [Phase.Compute(0.1), new(PhaseKind.Connection, 5)], 5 * Seconds)),
            ["compute after a burst"] = (null, ComputeAfterBurst),
            ["collections of 20 ms, five a second"] = (null, Collections),
            ["stopped for 10 s in the middle"] = (null, Stopped),
            [OthersCompute] = (Crowded, s => Clients(s, 64, () => [Phase.Compute(2)], 10 * Seconds)),
            ["others take the processors, items sleep too"] =
                (Crowded, s => Clients(s, 64, () => [Phase.Compute(1), Phase.Block(20)], 10 * Seconds)),
            ["quota of 0.2, computing 2 ms"] = (Fifth, s => Clients(s, 64, () => [Phase.Compute(2)], 20 * Seconds)),
            ["quota of 0.2, computing 0.5 ms and asleep 20 ms"] =
                (Fifth, s => Clients(s, 64, () => [Phase.Compute(0.5), Phase.Block(20)], 20 * Seconds)),
        };

    public static void Clients(Simulation simulation, int count, Func<Phase[]> phases, double milliseconds)
    {
        for (int i = 0; i < count; i++)
            simulation.AddClient(phases);
        simulation.RunFor(milliseconds);
    }

    private static SimulatedPool Crowded(SimulatedPool pool)
    {
        pool.Others = 1.8;
        return pool;
    }

    private static SimulatedPool Fifth(SimulatedPool pool) => new(1)
    {
        Quota = 0.2,
        TellsActivity = pool.TellsActivity,
        HidesQueue = pool.HidesQueue,
    };

    private static void Ramp(Simulation simulation)
    {
        for (int i = 0; i < 50; i++)
        {
            for (int j = 0; j < 4; j++)
                simulation.AddClient(() => [Phase.Block(200)]);
            simulation.RunFor(100);
        }
    }

    private static void Mixed(Simulation simulation)
    {
        for (int i = 0; i < 64; i++)
        {
            simulation.AddClient(() => [Phase.Compute(5)]);
            simulation.AddClient(() => [Phase.Block(20)]);
        }

        simulation.RunFor(5 * Seconds);
    }

    private static void ComputeAfterBurst(Simulation simulation)
    {
        for (int i = 0; i < 500; i++)
            simulation.Pool.Queue(new SimulatedItem(simulation.Pool.Now, [Phase.Block(100)]));
        simulation.RunFor(500);
        Clients(simulation, 64, () => [Phase.Compute(3)], 6 * Seconds);
    }

    private static void Collections(Simulation simulation)
    {
        for (int i = 0; i < 64; i++)
            simulation.AddClient(() => [Phase.Compute(2), Phase.Block(2)]);
        for (int i = 0; i < 25; i++)
        {
            simulation.RunFor(180);
            simulation.Pool.Stop(20, isCollection: true);
        }
    }

    private static void Stopped(Simulation simulation)
    {
        for (int i = 0; i < 64; i++)
            simulation.AddClient(() => [Phase.Compute(2)]);
        simulation.RunFor(500);
        simulation.Pool.Stop(10 * Seconds, isCollection: false);
        simulation.RunFor(2 * Seconds);
    }
}
