using System.Diagnostics;
using Weft.Cli.Results;
using Weft.Cli.Storm.Engines;

namespace Weft.Cli.Storm;

/// <summary>Work that only notes how long it waited for its first instruction: what a storm does to everybody else.</summary>
internal sealed class Bystanders(IStormEngine engine)
{
    private readonly List<Bystander> _all = [];
    private int _waiting;

    /// <summary>How many have not run yet.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    public void StartOne()
    {
        Interlocked.Increment(ref _waiting);
        var one = new Bystander(this);
        _all.Add(one);
        engine.Start(static it => it.Arrive(), one);
    }

    public BystanderResult Summarize()
    {
        double[] waits = [.. _all.Select(static one => one.Waited).OfType<TimeSpan>()
            .Select(static wait => wait.TotalMilliseconds).Order()];
        return new BystanderResult(waits.Length, Percentile(waits, 0.50), Percentile(waits, 0.99), Percentile(waits, 1));
    }

    /// <summary>The smallest value that at least this part of all does not exceed; 0 when there is none.</summary>
    internal static double Percentile(double[] sorted, double part) =>
        sorted.Length == 0 ? 0 : Math.Round(sorted[Math.Max(0, (int)Math.Ceiling(part * sorted.Length) - 1)], 3);

    private sealed class Bystander(Bystanders all)
    {
        private readonly long _started = Stopwatch.GetTimestamp();

        public TimeSpan? Waited { get; private set; }

        public void Arrive()
        {
            Waited = Stopwatch.GetElapsedTime(_started);
            Interlocked.Decrement(ref all._waiting);
        }
    }
}
