namespace Weft.Stress.Faults;

/// <summary>Threads that compute, so that the scheduler's own get a CPU only now and then.</summary>
internal sealed class Hogs : IDisposable
{
    private readonly Thread[] _threads;
    private volatile bool _stop;

    public Hogs(int count)
    {
        _threads = [.. Enumerable.Range(0, count).Select(_ => new Thread(Compute) { IsBackground = true, Name = "hog" })];
        foreach (Thread thread in _threads)
            thread.Start();
    }

    public void Dispose()
    {
        _stop = true;
        foreach (Thread thread in _threads)
            thread.Join();
    }

    private void Compute()
    {
        while (!_stop)
            Thread.SpinWait(1_000);
    }
}
