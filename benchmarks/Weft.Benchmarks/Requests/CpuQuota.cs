using System.Globalization;

namespace Weft.Benchmarks.Requests;

/// <summary>A control group whose processes have a share of one processor, as in a small container. Root alone can make one.</summary>
internal sealed class CpuQuota : IDisposable
{
    // What the system and containers take where nobody says otherwise.
    private const int PeriodMicroseconds = 100_000;

    private static readonly string[] s_roots = ["/sys/fs/cgroup", "/sys/fs/cgroup/cpu", "/sys/fs/cgroup/cpu,cpuacct"];

    private readonly string _group;

    private CpuQuota(string group) => _group = group;

    /// <summary>Puts a shell that runs it into the group; the program that the shell becomes is in it, too.</summary>
    public string EnterCommand => $"echo $$ > {_group}/cgroup.procs";

    /// <summary>Makes a group.</summary>
    /// <param name="processors">How much of a processor its processes have together.</param>
    /// <param name="reason">Why there is none.</param>
    public static CpuQuota? TryMake(double processors, out string reason)
    {
        reason = "no control groups with the controller cpu are mounted";
        string quota = ((int)(processors * PeriodMicroseconds)).ToString(CultureInfo.InvariantCulture);
        foreach (string root in s_roots)
        {
            string group = Path.Combine(root, $"weft-benchmark-{Environment.ProcessId}");
            try
            {
                if (File.Exists(Path.Combine(root, "cpu.cfs_quota_us")))
                {
                    Directory.CreateDirectory(group);
                    File.WriteAllText(Path.Combine(group, "cpu.cfs_period_us"), $"{PeriodMicroseconds}");
                    File.WriteAllText(Path.Combine(group, "cpu.cfs_quota_us"), quota);
                    return new CpuQuota(group);
                }

                string control = Path.Combine(root, "cgroup.subtree_control");
                if (!File.Exists(control) || !File.ReadAllText(Path.Combine(root, "cgroup.controllers")).Split().Contains("cpu"))
                    continue;
                if (!File.ReadAllText(control).Split().Contains("cpu"))
                    File.WriteAllText(control, "+cpu");
                Directory.CreateDirectory(group);
                File.WriteAllText(Path.Combine(group, "cpu.max"), $"{quota} {PeriodMicroseconds}");
                return new CpuQuota(group);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                reason = $"no control group could be made: {e.Message}";
            }
        }

        return null;
    }

    /// <summary>Removes the group, whose processes have ended.</summary>
    public void Dispose()
    {
        try
        {
            Directory.Delete(_group);
        }
        catch (IOException e)
        {
            Console.Error.WriteLine($"The control group {_group} is left: {e.Message}");
        }
    }
}
