namespace Weft.Benchmarks.Measure;

/// <summary>Starts goroutines or work items at a steady pace, and notes how long each waits for its turn.</summary>
internal sealed class Bystanders
{
    private readonly List<double> _delays = [];
    private readonly TaskCompletionSource _starterEnded = new();
    private volatile bool _enough;
    private int _pending;

    private Bystanders()
    {
    }

    /// <summary>The starter is a thread that belongs to no scheduler.</summary>
    public static Bystanders FromOutside(Action<Action> start, TimeSpan interval)
    {
        Bystanders bystanders = new();
        new Thread(() => bystanders.StartFromThread(start, interval)) { IsBackground = true }.Start();
        return bystanders;
    }

    /// <summary>The starter is a goroutine itself: its own lateness counts, as in the Go peer.</summary>
    public static Bystanders FromInside(Scheduler scheduler, TimeSpan interval)
    {
        Bystanders bystanders = new();
        scheduler.Start(() => bystanders.StartFromGoroutine(interval));
        return bystanders;
    }

    /// <summary>Starts no more and returns all delays, in ms.</summary>
    public IReadOnlyList<double> Stop()
    {
        _enough = true;
        _starterEnded.Task.Wait();
        while (Volatile.Read(ref _pending) > 0)
            Thread.Sleep(1);
        return _delays;
    }

    private void StartFromThread(Action<Action> start, TimeSpan interval)
    {
        while (!_enough)
        {
            StartOne(start, Clock.Now);
            Thread.Sleep(interval);
        }

        _starterEnded.SetResult();
    }

    private async Task StartFromGoroutine(TimeSpan interval)
    {
        while (!_enough)
        {
            long due = Clock.Now + Clock.Ticks(interval);
            await Go.SleepAsync(interval);
            StartOne(static body => Go.Start(body), due);
        }

        _starterEnded.SetResult();
    }

    private void StartOne(Action<Action> start, long due)
    {
        Interlocked.Increment(ref _pending);
        start(() =>
        {
            double delay = Clock.MillisecondsSince(due);
            lock (_delays)
                _delays.Add(delay);
            Interlocked.Decrement(ref _pending);
        });
    }
}
