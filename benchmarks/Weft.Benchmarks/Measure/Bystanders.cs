namespace Weft.Benchmarks.Measure;

/// <summary>
/// Starts goroutines or work items at a steady pace, from a thread that belongs to no scheduler, and notes how long each waits for its
/// turn.
/// </summary>
internal sealed class Bystanders
{
    private readonly List<double> _delays = [];
    private readonly Thread _starter;
    private volatile bool _enough;

    /// <param name="start">Starts its argument the way that is measured.</param>
    /// <param name="interval">Time between two starts.</param>
    public Bystanders(Action<Action> start, TimeSpan interval)
    {
        _starter = new Thread(() => StartMany(start, interval)) { IsBackground = true };
        _starter.Start();
    }

    /// <summary>Starts no more and returns all delays, in ms.</summary>
    public IReadOnlyList<double> Stop()
    {
        _enough = true;
        _starter.Join();
        return _delays;
    }

    private void StartMany(Action<Action> start, TimeSpan interval)
    {
        int pending = 0;
        while (!_enough)
        {
            long started = Clock.Now;
            Interlocked.Increment(ref pending);
            start(() =>
            {
                double delay = Clock.MillisecondsSince(started);
                lock (_delays)
                    _delays.Add(delay);
                Interlocked.Decrement(ref pending);
            });
            Thread.Sleep(interval);
        }

        while (Volatile.Read(ref pending) > 0)
            Thread.Sleep(1);
    }
}
