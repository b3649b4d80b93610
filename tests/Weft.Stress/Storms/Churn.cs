using Weft.Stress.Faults;

namespace Weft.Stress.Storms;

/// <summary>Storms one after the other on a thread of their own, while something else is done to the process.</summary>
internal sealed class Churn
{
    private readonly ScenarioContext _own;
    private readonly Thread _thread;
    private readonly int _seed;
    private volatile bool _stop;
    private volatile Exception? _failure;
    private int _storms;

    public Churn(StressOptions options)
    {
        _own = new ScenarioContext(options, TimeSpan.MaxValue);
        _seed = options.Seed;
        _thread = new Thread(Run) { IsBackground = true, Name = "churn" };
        _thread.Start();
    }

    /// <summary>Storms that have ended well.</summary>
    public int Storms => Volatile.Read(ref _storms);

    public void ThrowIfFailed()
    {
        if (_failure is not null)
            throw new StressFailure(_failure is StressFailure ? _failure.Message : _failure.ToString());
    }

    /// <summary>Waits for the storm that runs, and counts.</summary>
    public void Stop(ScenarioContext context)
    {
        _stop = true;
        _thread.Join();
        ThrowIfFailed();
        context.Add("storms", Storms);
        foreach (string count in (string[])["goroutines", "threads"])
            context.Add(count, _own.Counts.GetValueOrDefault(count));
    }

    private void Run()
    {
        try
        {
            for (int seed = _seed; !_stop; seed++)
            {
                using (new DelayInjector(seed))
                    Storm.Run(StormPlan.Draw(seed), _own, platform: null);
                Interlocked.Increment(ref _storms);
            }
        }
        catch (Exception e)
        {
            _failure = e;
        }
    }
}
