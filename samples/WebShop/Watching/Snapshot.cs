using Weft.Samples.WebShop.Load;

namespace Weft.Samples.WebShop.Watching;

/// <summary>What the page shows of one moment.</summary>
/// <param name="Number">Counts up.</param>
/// <param name="Mode">What the shop does about blocking.</param>
/// <param name="PerSecond">Requests that the application has ended, for each second since the last snapshot.</param>
/// <param name="Inside">Requests that the application has begun and not ended.</param>
/// <param name="PoolThreads">Threads of .NET's pool.</param>
/// <param name="PoolMinimum">How many threads the pool makes without hesitation; the guard raises it.</param>
/// <param name="PoolQueue">What waits for one of them.</param>
/// <param name="Goroutines">Those of the host, dead ones not counted.</param>
/// <param name="WeftThreads">Their threads.</param>
/// <param name="Load">What the clients of the load say; null while there is none.</param>
internal sealed record Snapshot(
    long Number,
    string Mode,
    double PerSecond,
    long Inside,
    int PoolThreads,
    int PoolMinimum,
    long PoolQueue,
    long Goroutines,
    int WeftThreads,
    LoadReport? Load);
