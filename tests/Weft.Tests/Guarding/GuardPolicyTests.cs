using Weft.Guarding;

namespace Weft.Tests.Guarding;

public sealed class GuardPolicyTests(ITestOutputHelper output)
{
    public static TheoryData<string, bool, bool> AllLoads
    {
        get
        {
            var data = new TheoryData<string, bool, bool>();
            foreach (string name in Loads.All.Keys)
            {
                foreach (bool tells in (bool[])[true, false])
                {
                    // Without the system's word, threads that wait for a processor of others look like threads that block.
                    if (!tells && name == Loads.OthersCompute)
                        continue;
                    foreach (bool hides in (bool[])[true, false])
                        data.Add(name, tells, hides);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(AllLoads))]
    public void Judge_AnyLoad_IsNeverWorseThanWithoutAGuardByATwentieth(string load, bool tellsActivity, bool hidesQueue)
    {
        Simulation with = Run(load, tellsActivity, hidesQueue, isGuarded: true);
        Simulation without = Run(load, tellsActivity, hidesQueue, isGuarded: false);

        output.WriteLine(
            $"completed {with.Pool.Completed} with, {without.Pool.Completed} without; p99 {P99(with):0.0} and {P99(without):0.0} ms; "
            + $"threads at most {with.Pool.PeakThreads} and {without.Pool.PeakThreads}; found {string.Join(", ", with.Findings)}");
        Assert.True(with.Pool.Completed >= 0.95 * without.Pool.Completed, "The guard cost throughput.");
        Assert.True(P99(with) <= 1.05 * P99(without), "The guard cost latency.");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Judge_ItemsThatWaitForItemsBehindThem_AreResolvedInTwoSeconds(bool hidesQueue)
    {
        var simulation = new Simulation(new SimulatedPool(2) { HidesQueue = hidesQueue }, isGuarded: true);
        SimulatedItem[] parents = [.. Enumerable.Range(0, 2_000).Select(_ => Parent())];
        foreach (SimulatedItem parent in parents)
            simulation.Pool.Queue(parent);

        Assert.True(simulation.RunUntil(() => parents.All(static parent => parent.HasEnded), 2_000));

        static SimulatedItem Parent() =>
            new(0, [new Phase(PhaseKind.AwaitChild, 0)]) { Child = new SimulatedItem(0, [Phase.Compute(0.1)]) };
    }

    [Fact]
    public void Judge_ConvoyWithThirtyThousandWaiting_GetsFewThreads()
    {
        var simulation = new Simulation(new SimulatedPool(2), isGuarded: true);
        for (int i = 0; i < 30_000; i++)
            simulation.Pool.Queue(new SimulatedItem(0, [new(PhaseKind.Block, 0.5, Lock: 1)]));

        simulation.RunFor(10_000);

        Assert.InRange(simulation.Pool.PeakThreads, 3, 32);
    }

    [Fact]
    public void Judge_TenConnectionsForAllThatWaits_TakesBackWhatBringsNothing()
    {
        var simulation = new Simulation(new SimulatedPool(2), isGuarded: true);
        for (int i = 0; i < 60_000; i++)
            simulation.Pool.Queue(new SimulatedItem(0, [new(PhaseKind.Connection, 2)]));

        simulation.RunFor(10_000);

        output.WriteLine($"threads at most {simulation.Pool.PeakThreads}, at work at the end {simulation.Pool.Working}");
        Assert.Contains(PoolFinding.Futile, simulation.Findings);
        Assert.InRange(simulation.Pool.PeakThreads, SimulatedPool.Connections, ThreadTrial.AmpleThreads);
        Assert.InRange(simulation.Pool.Working, SimulatedPool.Connections, ThreadTrial.LeastThreads);
    }

    [Fact]
    public void Judge_BacklogThatSleeps_GetsMoreThanAreAmpleAsTheyAreOfUse()
    {
        var simulation = new Simulation(new SimulatedPool(2), isGuarded: true);
        for (int i = 0; i < 40_000; i++)
            simulation.Pool.Queue(new SimulatedItem(0, [Phase.Block(300)]));

        Assert.True(simulation.RunUntil(() => simulation.Pool.PeakThreads > 2 * ThreadTrial.AmpleThreads, 15_000));
    }

    [Fact]
    public void Judge_WithTheBoundReached_SaysSoAndStaysThere()
    {
        var simulation = new Simulation(new SimulatedPool(2) { Most = 40 }, isGuarded: true);

        Loads.Clients(simulation, 500, static () => [Phase.Block(50)], 3_000);

        Assert.Equal(40, simulation.Pool.PeakThreads);
        Assert.Contains(PoolFinding.AtBound, simulation.Findings);
    }

    [Fact]
    public void Judge_AfterTheLoad_GivesTheUsersMinimumBack()
    {
        var simulation = new Simulation(new SimulatedPool(2), isGuarded: true);
        for (int i = 0; i < 500; i++)
            simulation.Pool.Queue(new SimulatedItem(0, [Phase.Block(100)]));
        simulation.RunFor(300);
        Assert.True(simulation.Pool.Minimum > 100);

        simulation.RunFor(5_000);

        Assert.Equal(simulation.Pool.UserMinimum, simulation.Pool.Minimum);
    }

    [Fact]
    public void Judge_LateLook_OnlyBeginsAnew()
    {
        var pool = new SimulatedPool(2);
        var simulation = new Simulation(pool, isGuarded: true);
        for (int i = 0; i < 8; i++)
            pool.Queue(new SimulatedItem(0, [Phase.Compute(10_000)]));
        simulation.RunFor(500);

        pool.Stop(60_000, isCollection: false);
        simulation.RunFor(500);

        Assert.Equal(pool.UserMinimum, pool.Minimum);
        Assert.DoesNotContain(PoolFinding.Starving, simulation.Findings);
    }

    private static Simulation Run(string load, bool tellsActivity, bool hidesQueue, bool isGuarded)
    {
        (Func<SimulatedPool, SimulatedPool>? change, Action<Simulation> run) = Loads.All[load];
        var pool = new SimulatedPool(2) { TellsActivity = tellsActivity, HidesQueue = hidesQueue };
        var simulation = new Simulation(change?.Invoke(pool) ?? pool, isGuarded);
        run(simulation);
        return simulation;
    }

    private static double P99(Simulation simulation)
    {
        double[] latencies = [.. simulation.Pool.Latencies.Order()];
        return latencies.Length == 0 ? 0 : latencies[(int)((latencies.Length - 1) * 0.99)];
    }
}
