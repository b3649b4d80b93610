namespace Weft.Benchmarks.Measure;

/// <summary>Looks at the process's number of threads every few milliseconds and keeps the largest; its own thread does not count.</summary>
internal sealed class PeakThreadsWatch : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(10);

    private readonly Thread _watcher;
    private volatile bool _enough;
    private int _peak;

    public PeakThreadsWatch()
    {
        _watcher = new Thread(Watch) { IsBackground = true };
        _watcher.Start();
    }

    /// <summary>Ends the watch and returns the peak.</summary>
    public int Stop()
    {
        _enough = true;
        _watcher.Join();
        return _peak;
    }

    public void Dispose() => Stop();

    private void Watch()
    {
        while (!_enough)
        {
            _peak = Math.Max(_peak, Proc.Threads - 1);
            Thread.Sleep(s_interval);
        }
    }
}
