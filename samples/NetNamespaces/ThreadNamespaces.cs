namespace Weft.Samples.NetNamespaces;

/// <summary>Which network namespace each thread of this process is in, from /proc. The names look like <c>net:[4026531840]</c>.</summary>
internal static class ThreadNamespaces
{
    /// <summary>That of the thread that calls.</summary>
    public static string OfCaller() => Read("/proc/thread-self") ?? throw new IOException("/proc/thread-self/ns/net cannot be read");

    /// <summary>The id of the thread that calls, as /proc has it.</summary>
    public static string IdOfCaller() => Path.GetFileName(File.ResolveLinkTarget("/proc/thread-self", returnFinalTarget: false)!.FullName);

    /// <summary>Whether there is a thread with an id.</summary>
    public static bool Exists(string id) => Directory.Exists($"/proc/self/task/{id}");

    /// <summary>The ids of the threads that are not in the namespace that they should be in.</summary>
    public static IReadOnlyList<string> NotIn(string expected) =>
        [.. from task in Directory.EnumerateDirectories("/proc/self/task")
            let actual = Read(task)
            where actual is not null && actual != expected
            select Path.GetFileName(task)];

    // Null for a thread that has ended meanwhile.
    private static string? Read(string task)
    {
        try
        {
            return File.ResolveLinkTarget(Path.Combine(task, "ns/net"), returnFinalTarget: false) is { } link
                ? Path.GetFileName(link.FullName)
                : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
