namespace Weft.Benchmarks.Measure;

/// <summary>The .NET ThreadPool as a peer.</summary>
internal static class TaskPool
{
    /// <summary>The environment variable that holds the number of CPUs the runtime counts with; the pool takes no fewer threads.</summary>
    public const string ProcessorCountVariable = "DOTNET_PROCESSOR_COUNT";

    /// <summary>Holds the pool to as many threads as Weft has processors, for work that does not block.</summary>
    public static void Limit(int procs)
    {
        SetMin(procs);
        ThreadPool.GetMaxThreads(out _, out int completionThreads);
        if (!ThreadPool.SetMaxThreads(procs, completionThreads))
            throw new InvalidOperationException(
                $"The ThreadPool needs more than {procs} threads: the runtime counts {Environment.ProcessorCount} CPUs.");
    }

    /// <summary>Lets the pool start out with as many threads as Weft has processors; it adds more when they do not suffice.</summary>
    public static void SetMin(int procs)
    {
        ThreadPool.GetMinThreads(out _, out int completionThreads);
        ThreadPool.SetMinThreads(procs, completionThreads);
    }
}
