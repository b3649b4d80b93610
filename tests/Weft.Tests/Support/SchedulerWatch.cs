using System.Runtime.CompilerServices;

namespace Weft.Tests.Support;

/// <summary>Has every scheduler that a test makes shown in a <see cref="HangDump"/>, <see cref="Scheduler.Default"/> included.</summary>
internal static class SchedulerWatch
{
    // Tests block threads of the pool, many at a time: with its own few it adds one each half second, and what needs one waits for minutes.
    private const int PoolThreads = 64;

    [ModuleInitializer]
    internal static void Begin()
    {
        Scheduler.Created = HangDump.Show;
        ThreadPool.SetMinThreads(PoolThreads, PoolThreads);
    }
}
