using System.Globalization;

namespace Weft.Tests.Support;

/// <summary>A thread as /proc/self/task shows it. The start time tells two threads apart that had the same id.</summary>
internal readonly record struct SystemThread(int Id, string Name, long StartSite);

/// <summary>The threads of this process, read from /proc/self/task.</summary>
internal static class TaskList
{
    /// <summary>The thread that calls.</summary>
    public static SystemThread Current => Read(Native.GetThreadId())!.Value;

    /// <summary>Every thread of the process.</summary>
    public static IReadOnlyList<SystemThread> All()
    {
        // Elsewhere the scheduler's own count of threads created and reaped has to do.
        if (!OperatingSystem.IsLinux())
            return [];
        var threads = new List<SystemThread>();
        foreach (string directory in Directory.EnumerateDirectories("/proc/self/task"))
        {
            int id = int.Parse(Path.GetFileName(directory), CultureInfo.InvariantCulture);
            if (Read(id) is { } thread)
                threads.Add(thread);
        }

        return threads;
    }

    /// <summary>The threads of a scheduler: those whose name starts with its name.</summary>
    public static IReadOnlyList<SystemThread> Of(Scheduler scheduler)
    {
        string prefix = scheduler.Name + "-";
        return [.. All().Where(thread => thread.Name.StartsWith(prefix, StringComparison.Ordinal))];
    }

    /// <summary>Whether the calling thread is one of a scheduler's.</summary>
    public static bool IsCurrentOf(Scheduler scheduler) => Current.Name.StartsWith(scheduler.Name + "-", StringComparison.Ordinal);

    /// <summary>Whether a thread is still there, and not another one that was given its id.</summary>
    public static bool Exists(SystemThread thread) => Read(thread.Id)?.StartSite == thread.StartSite;

    /// <summary>The S, R, D ... of a thread, or null when it is gone.</summary>
    public static char? State(int id) => ReadStat(id) is { } stat ? stat[stat.LastIndexOf(')') + 2] : null;

    private static SystemThread? Read(int id)
    {
        if (ReadStat(id) is not { } stat)
            return null;
        int open = stat.IndexOf('(', StringComparison.Ordinal);
        int close = stat.LastIndexOf(')');
        string[] fields = stat[(close + 2)..].Split(' ');
        return new SystemThread(id, stat[(open + 1)..close], long.Parse(fields[StartTimeField], CultureInfo.InvariantCulture));
    }

    // Field 22 of stat(5), counted from field 3, the first one after the name.
    private const int StartTimeField = 22 - 3;

    private static string? ReadStat(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/self/task/{id}/stat");
        }
        catch (IOException)
        {
            return null;
        }
    }
}
