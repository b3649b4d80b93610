using System.Globalization;

namespace Weft.Benchmarks.Measure;

/// <summary>What the system says of this process.</summary>
internal static class Proc
{
    private const string Tasks = "/proc/self/task";

    /// <summary>Threads of the process.</summary>
    public static int Threads => (int)Status("Threads");

    /// <summary>Threads of another process.</summary>
    public static int ThreadsOf(int process) => Directory.EnumerateDirectories($"/proc/{process}/task").Count();

    /// <summary>Resident bytes.</summary>
    public static double Rss => Status("VmRSS") * 1024;

    /// <summary>Mappings.</summary>
    public static int Mappings => File.ReadLines("/proc/self/maps").Count();

    /// <summary>Open file descriptors, but for the one that looks.</summary>
    public static int Handles => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count() - 1;

    /// <summary>Threads whose name starts with <paramref name="prefix"/>.</summary>
    public static int ThreadsNamed(string prefix) =>
        Directory.EnumerateDirectories(Tasks).Count(task => NameOf(task).StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Collects garbage, and lets finalizers free what belongs to threads that are gone.</summary>
    public static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    /// <summary>Collects, and gives all memory that is free back to the system.</summary>
    public static void CollectAndTrim()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
    }

    private static string NameOf(string task)
    {
        try
        {
            return File.ReadAllText($"{task}/comm");
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return "";
        }
    }

    private static double Status(string field)
    {
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
        return double.Parse(line.Split((char[])['\t', ' '], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
