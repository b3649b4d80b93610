namespace Weft.Threads.Platforms;

/// <summary>How much processor time Linux lets the process have: its affinity, and the quotas of its control groups.</summary>
internal static class LinuxProcessors
{
    /// <summary>Processors, as a fraction where a quota gives one; more than 0.</summary>
    internal static double Of(SystemFiles files)
    {
        double least = Environment.ProcessorCount;
        foreach (string folder in ControlGroups.With(files, "cpu"))
        {
            if (Quota(files, folder) is double quota && quota > 0)
                least = Math.Min(least, quota);
        }

        return least;
    }

    /// <summary>The second version says "MICROSECONDS PERIOD" or "max PERIOD" in one file, the first has a file for each, and -1 for none.
    /// </summary>
    private static double? Quota(SystemFiles files, string folder)
    {
        string[] words = files.Text(folder + "/cpu.max")?.Split(' ') ?? [];
        (long? most, long? period) = words.Length == 2
            ? (SystemFiles.Parse(words[0]), SystemFiles.Parse(words[1]))
            : (files.Number(folder + "/cpu.cfs_quota_us"), files.Number(folder + "/cpu.cfs_period_us"));
        return most / (double?)period;
    }
}
