namespace Weft.Threads.Platforms;

/// <summary>How much more memory Linux lets the process use: of the machine, and of its control groups.</summary>
internal static class LinuxMemory
{
    private const long BytesOfKilobyte = 1_024;

    /// <summary>Bytes; what only caches files counts as free, as the kernel gives it away.</summary>
    internal static long Free(SystemFiles files)
    {
        long free = Find(files.Lines("/proc/meminfo"), "MemAvailable:") * BytesOfKilobyte ?? long.MaxValue;
        foreach (string folder in ControlGroups.With(files, "memory"))
        {
            long? most = files.Number(folder + "/memory.max") ?? files.Number(folder + "/memory.limit_in_bytes");
            long? used = files.Number(folder + "/memory.current") ?? files.Number(folder + "/memory.usage_in_bytes");
            if (most is null || used is null)
                continue;
            string[] parts = files.Lines(folder + "/memory.stat");
            long cached = Find(parts, "total_inactive_file ") ?? Find(parts, "inactive_file ") ?? 0;
            free = Math.Min(free, most.Value - used.Value + cached);
        }

        return Math.Max(0, free);
    }

    /// <summary>The number in the line that begins with a name.</summary>
    private static long? Find(string[] lines, string name)
    {
        string? line = lines.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        return line is null ? null : SystemFiles.Parse(line.AsSpan(name.Length).Trim().TrimEnd("kB").Trim());
    }
}
