namespace Weft.Guarding;

/// <summary>How many processors the process has used of late.</summary>
internal sealed class CpuUse(bool hasQuota)
{
    /// <summary>
    /// The kernel brings a running thread's time up to date at its ticks, every 1 to 10 ms: a shorter time would tell 0 or far too much.
    /// </summary>
    private const long TicksNanoseconds = 10_000_000;

    /// <summary>A quota is used up at the beginning of each of its periods, which are 100 ms unless somebody has set them.</summary>
    private const long QuotaNanoseconds = 100_000_000;

    private readonly long _windowNanoseconds = hasQuota ? QuotaNanoseconds : TicksNanoseconds;

    private long _timeNanoseconds;
    private long _cpuNanoseconds;

    /// <summary>Processors in use, as a mean over the last whole window; null until there was one.</summary>
    internal double? Processors { get; private set; }

    /// <summary>Begins anew.</summary>
    internal void Restart(in PoolLook look)
    {
        (_timeNanoseconds, _cpuNanoseconds) = (look.TimeNanoseconds, look.CpuNanoseconds);
        Processors = null;
    }

    internal void Add(in PoolLook look)
    {
        long passed = look.TimeNanoseconds - _timeNanoseconds;
        if (passed < _windowNanoseconds)
            return;
        Processors = (look.CpuNanoseconds - _cpuNanoseconds) / (double)passed;
        (_timeNanoseconds, _cpuNanoseconds) = (look.TimeNanoseconds, look.CpuNanoseconds);
    }
}
