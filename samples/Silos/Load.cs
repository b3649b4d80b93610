using System.Diagnostics;

namespace Weft.Samples.Silos;

/// <summary>A call that was acknowledged: what the caller was told, and after how long.</summary>
internal sealed record Acknowledged(long Counter, long Id, long Number, TimeSpan Latency);

/// <summary>A call that failed: why, as the caller was told. It may have been applied nevertheless.</summary>
internal sealed record FailedCall(long Counter, long Id, string Reason);

/// <summary>Callers, each with one call at a time. None of them calls twice what has failed.</summary>
internal sealed class Load(IGrainFactory grains, Options options)
{
    private const int CallerShift = 32; // above it the caller, below it the call: no id twice

    // Where a call fails at once, as there is no silo for it, the next one would, too.
    private static readonly TimeSpan s_pauseAfterFailure = TimeSpan.FromMilliseconds(50);

    private readonly List<Acknowledged> _acknowledged = [];
    private readonly List<FailedCall> _failed = [];

    public IReadOnlyList<Acknowledged> Acknowledged => _acknowledged;

    public IReadOnlyList<FailedCall> Failed => _failed;

    /// <summary>Calls for the time of the options, and until the last call has its answer.</summary>
    public async Task RunAsync()
    {
        long end = Stopwatch.GetTimestamp() + (long)(options.Duration.TotalSeconds * Stopwatch.Frequency);
        await Task.WhenAll(Enumerable.Range(0, options.Callers).Select(caller => Task.Run(() => CallAsync(caller, end))));
    }

    private async Task CallAsync(int caller, long end)
    {
        for (int call = 0; Stopwatch.GetTimestamp() < end; call++)
        {
            long counter = (caller + call) % options.Callers; // with the others, in turn
            long id = ((long)caller << CallerShift) + call;
            long start = Stopwatch.GetTimestamp();
            try
            {
                long number = await grains.GetGrain<ICounterGrain>(counter).AddAsync(id);
                var told = new Acknowledged(counter, id, number, Stopwatch.GetElapsedTime(start));
                lock (_acknowledged)
                    _acknowledged.Add(told);
            }
            catch (Exception e)
            {
                lock (_failed)
                    _failed.Add(new FailedCall(counter, id, e.GetType().Name));
                await Task.Delay(s_pauseAfterFailure);
            }
        }
    }
}
