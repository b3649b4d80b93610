namespace Weft.Stress.Observation;

/// <summary>The threads of this process by name.</summary>
internal static class ThreadNames
{
    /// <summary>How many threads carry a scheduler's name.</summary>
    public static int CountOf(string scheduler)
    {
        string prefix = scheduler + "-";
        return Directory.EnumerateDirectories("/proc/self/task").Count(task => NameOf(task).StartsWith(prefix, StringComparison.Ordinal));
    }

    private static string NameOf(string task)
    {
        try
        {
            return File.ReadAllText(task + "/comm");
        }
        catch (IOException)
        {
            return ""; // it has gone
        }
    }
}
