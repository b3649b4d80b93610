using Weft.Threads.Platforms;

namespace Weft.Tests.Threads.Platforms;

/// <summary>What Linux shows in files of the quotas of control groups; here of a folder that stands for the root.</summary>
public sealed class LinuxProcessorsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("weft-processors-").FullName;

    [Fact]
    public void Of_NoFiles_IsTheProcessors() => Assert.Equal(Environment.ProcessorCount, LinuxProcessors.Of(new SystemFiles(_root)));

    [Theory]
    [InlineData("20000 100000", "max 100000", 0.2)]
    [InlineData("max 100000", "50000 100000", 0.5)]
    [InlineData("max 100000", "max 100000", null)]
    [InlineData("6400000 100000", "max 100000", null)] // more than there are
    public void Of_SecondVersion_IsTheLeastQuotaOfAllAncestors(string own, string above, double? expected)
    {
        Write("/proc/self/cgroup", "0::/service/unit\n");
        Write("/proc/self/mountinfo", "30 23 0:28 / /cgroup rw,relatime shared:4 - cgroup2 cgroup2 rw\n");
        Write("/cgroup/service/unit/cpu.max", own + "\n");
        Write("/cgroup/service/cpu.max", above + "\n");
        Assert.Equal(expected ?? Environment.ProcessorCount, LinuxProcessors.Of(new SystemFiles(_root)));
    }

    [Theory]
    [InlineData("30000", 0.3)]
    [InlineData("-1", null)]
    public void Of_FirstVersion_IsTheQuotaOfTheHierarchyWithThatController(string quota, double? expected)
    {
        Write("/proc/self/cgroup", "8:pids:/other\n5:cpu,cpuacct:/unit\n");
        Write("/proc/self/mountinfo", "35 31 0:32 / /cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n");
        Write("/cgroup/cpu/unit/cpu.cfs_quota_us", quota);
        Write("/cgroup/cpu/unit/cpu.cfs_period_us", "100000");
        Assert.Equal(expected ?? Environment.ProcessorCount, LinuxProcessors.Of(new SystemFiles(_root)));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_root + path)!);
        File.WriteAllText(_root + path, text);
    }
}
