using System.Globalization;
using Weft.Threads;

namespace Weft.Stress.Observation;

/// <summary>What the process holds, as the system and the runtime tell it.</summary>
/// <param name="ResidentBytes">Memory in RAM.</param>
/// <param name="Mappings">Lines of /proc/self/maps.</param>
/// <param name="Files">Open file descriptors.</param>
/// <param name="AllocatedBytes">From the C library, the runtime's own thread objects among them.</param>
/// <param name="ManagedBytes">In the garbage-collected heap.</param>
internal sealed record ProcessFigures(long ResidentBytes, int Mappings, int Files, long AllocatedBytes, long ManagedBytes)
{
    /// <summary>Looks, without a collection before it.</summary>
    public static ProcessFigures Now() => new(
        Resident(),
        File.ReadLines("/proc/self/maps").Count(),
        Directory.GetFiles("/proc/self/fd").Length,
        Native.AllocatedBytes(),
        GC.GetTotalMemory(forceFullCollection: false));

    /// <summary>
    /// Looks after two full collections with the finalizers run in between: the first lets the runtime find the threads that are gone, and
    /// its finalizer thread free their records; the second takes what that let go. What is free then in the C library's heap goes back to
    /// the system: that heap keeps as much as was ever in use at once, in each of its arenas, which is no leak.
    /// </summary>
    public static ProcessFigures Settled()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        ThreadPlatform.Current.TrimHeap();
        return Now();
    }

    /// <summary>Fails when this is more than <paramref name="before"/> by more than <paramref name="limits"/>.</summary>
    public void RequireNoMoreThan(ProcessFigures before, ProcessFigures limits, string when)
    {
        Require(ResidentBytes, before.ResidentBytes, limits.ResidentBytes, "bytes of memory");
        Require(Mappings, before.Mappings, limits.Mappings, "mappings");
        Require(Files, before.Files, limits.Files, "open files");
        Require(AllocatedBytes, before.AllocatedBytes, limits.AllocatedBytes, "bytes allocated from the C library");
        Require(ManagedBytes, before.ManagedBytes, limits.ManagedBytes, "bytes in the managed heap");

        void Require(long after, long first, long limit, string what) => StressFailure.ThrowUnless(
            after - first <= limit,
            string.Create(CultureInfo.InvariantCulture, $"{when}: {what} grew from {first:N0} to {after:N0}, more than {limit:N0}."));
    }

    private static long Resident()
    {
        string[] pages = File.ReadAllText("/proc/self/statm").Split(' ');
        return long.Parse(pages[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
    }
}
