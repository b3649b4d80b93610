namespace Weft.Cli.Storm.Work;

/// <summary>Blocks in a lock that the storm's own thread holds.</summary>
internal sealed class LockWork(int goroutines, TimeSpan block) : StormWork
{
    private readonly object _gate = new();

    /// <summary>How many have been inside; changed under the lock only.</summary>
    private int _passed;

    public override int Goroutines => goroutines;

    public override TimeSpan? ReleaseAfter => block;

    public override void Prepare()
    {
        Monitor.Enter(_gate);
        _passed = 0;
    }

    public override void Run(int index)
    {
        lock (_gate)
            _passed++;
    }

    public override void Release() => Monitor.Exit(_gate);

    public override string? FindLoss() => _passed == goroutines ? null : $"{_passed} of {goroutines} had the lock";
}
