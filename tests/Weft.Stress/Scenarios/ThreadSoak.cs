using Weft.Stress.Observation;
using Weft.Threads;

namespace Weft.Stress.Scenarios;

/// <summary>
/// Threads made, run, ended and freed, by the hundred thousand, in the ways there are: joined one after the other; many at once and reaped
/// by the next; and as the machines of a scheduler, each taken along by a goroutine that ends locked. What the process holds stays flat.
/// </summary>
internal sealed class ThreadSoak : Scenario
{
    private const int OneByOne = 600;
    private const int AtOnce = 50;
    private const int Bursts = 4;
    private const int LockedEnds = 200;
    private const int PerRound = OneByOne + (AtOnce * Bursts) + LockedEnds;

    /// <summary>Threads before the first look: by then caches are filled and code is compiled.</summary>
    private const int WarmUp = 5 * PerRound;

    /// <summary>
    /// Collections and finalizers this often: without any, the runtime's records of threads that are gone would pile up until the next.
    /// .NET 11 keeps 2 to 3 KB of the C library's heap for each until its finalizer has run, .NET 10 frees them in the collection.
    /// </summary>
    private const int ThreadsPerCollection = 10 * PerRound;

    /// <summary>
    /// What others map, open and allocate meanwhile: the compiler, the ThreadPool, the C library's arenas. A leak of a mapping, a file or a
    /// runtime record a thread would go past each of these within a minute. A free stack is two mappings, and up to 64 of them are kept,
    /// in each of the two pools of stacks: how many there are at a look is chance.
    /// </summary>
    internal static readonly ProcessFigures Limits = new(
        ResidentBytes: 48 << 20, Mappings: 100 + (2 * 2 * StackPool.MaxCached), Files: 16, AllocatedBytes: 8 << 20, ManagedBytes: 8 << 20);

    public override string Name => "threads";

    public override double Share => 3;

    public override void Run(ScenarioContext context)
    {
        var host = new ThreadHost(ThreadPlatform.Current, OSThreadOptions.MinStackSizeBytes);
        using var scheduler = new Scheduler(new SchedulerOptions { Name = "soak", StackSizeBytes = OSThreadOptions.MinStackSizeBytes });
        long threads = 0;
        ProcessFigures? before = null;
        long sinceCollection = 0;
        while (context.Options.Threads > 0 ? threads < context.Options.Threads : !context.IsOver || before is null)
        {
            Round(host, scheduler, context.Options.Limit);
            threads += PerRound;
            sinceCollection += PerRound;
            if (before is null && threads >= WarmUp)
                before = ProcessFigures.Settled();
            if (sinceCollection < ThreadsPerCollection)
                continue;
            sinceCollection = 0;
            ProcessFigures.Settled().RequireNoMoreThan(before!, Limits, $"after {threads:N0} threads");
        }

        host.Close();
        scheduler.Dispose();
        ProcessFigures after = ProcessFigures.Settled();
        context.Set("threads", threads);
        Report(context, before ?? after, after);
        after.RequireNoMoreThan(before ?? after, Limits, $"after {threads:N0} threads");
        StressFailure.ThrowUnless(
            host.Created == host.Exited && host.Created == host.Reaped,
            $"{host.Created:N0} threads created, {host.Exited:N0} exited, {host.Reaped:N0} reaped");
        StressFailure.ThrowUnless(host.Stacks.BytesMapped == 0, $"{host.Stacks.BytesMapped:N0} bytes of stacks are left");
        SchedulerStatistics statistics = scheduler.Statistics;
        StressFailure.ThrowUnless(
            statistics.ThreadsCreated == statistics.ThreadsReaped && statistics.StackBytesMapped == 0,
            $"the scheduler left something: {statistics}");
        context.Set("of a scheduler", statistics.ThreadsCreated);
    }

    internal static void Report(ScenarioContext context, ProcessFigures before, ProcessFigures after)
    {
        context.Set("memory before", before.ResidentBytes);
        context.Set("memory after", after.ResidentBytes);
        context.Set("mappings before", before.Mappings);
        context.Set("mappings after", after.Mappings);
        context.Set("files before", before.Files);
        context.Set("files after", after.Files);
        context.Set("allocated before", before.AllocatedBytes);
        context.Set("allocated after", after.AllocatedBytes);
        context.Set("managed before", before.ManagedBytes);
        context.Set("managed after", after.ManagedBytes);
    }

    internal static void OneAfterTheOther(ThreadHost host, int count)
    {
        int ran = 0;
        for (int i = 0; i < count; i++)
            OSThread.Start(host, () => ran++, "soak", OSThreadOptions.MinStackSizeBytes).Join();
        StressFailure.ThrowUnless(ran == count, $"{ran} of {count} threads ran");
    }

    private static void Round(ThreadHost host, Scheduler scheduler, TimeSpan limit)
    {
        OneAfterTheOther(host, OneByOne);
        for (int burst = 0; burst < Bursts; burst++)
            ManyAtOnce(host);
        using var ended = new CountdownEvent(LockedEnds);
        for (int i = 0; i < LockedEnds; i++)
        {
            scheduler.Start(() =>
            {
                Go.LockOSThread();
                ended.Signal();
            });
        }

        if (!ended.Wait(limit))
            throw StressFailure.Lost($"{ended.CurrentCount} goroutines that end locked did not run", scheduler);
    }

    /// <summary>Nobody joins these: they are freed by those that start or exit later.</summary>
    private static void ManyAtOnce(ThreadHost host)
    {
        using var ran = new CountdownEvent(AtOnce);
        for (int i = 0; i < AtOnce; i++)
            OSThread.Start(host, () => ran.Signal(), "soak", OSThreadOptions.MinStackSizeBytes);
        ran.Wait();
    }
}
