using Weft.Threads.Platforms;

namespace Weft.Tests.Threads.Platforms;

/// <summary>What Linux shows in files of memory and of the limits of control groups; here of a folder that stands for the root.</summary>
public sealed class LinuxMemoryTests : IDisposable
{
    private const long Kilobyte = 1_024;

    private readonly string _root = Directory.CreateTempSubdirectory("weft-memory-").FullName;

    [Fact]
    public void Free_NoFiles_IsUnlimited() => Assert.Equal(long.MaxValue, Free());

    [Fact]
    public void Free_OfTheMachine_IsWhatIsAvailable()
    {
        Write("/proc/meminfo", "MemTotal:       16000 kB\nMemFree:         1000 kB\nMemAvailable:    5000 kB\n");
        Assert.Equal(5_000 * Kilobyte, Free());
    }

    [Theory]
    [InlineData("1000000", "max", 700_000)] // 400,000 are used, of which 100,000 cache files
    [InlineData("max", "500000", 200_000)]
    [InlineData("max", "max", 5_000 * Kilobyte)]
    [InlineData("300000", "max", 0)]
    public void Free_SecondVersion_IsOfTheTightestAncestorAndCountsCachedFilesAsFree(string own, string above, long expected)
    {
        Write("/proc/meminfo", "MemAvailable:    5000 kB\n");
        Write("/proc/self/cgroup", "0::/service/unit\n");
        Write("/proc/self/mountinfo", "30 23 0:28 / /cgroup rw,relatime shared:4 - cgroup2 cgroup2 rw\n");
        WriteGroup("/cgroup/service/unit", own);
        WriteGroup("/cgroup/service", above);
        Assert.Equal(expected, Free());
    }

    [Fact]
    public void Free_FirstVersion_IsOfTheHierarchyWithThatController()
    {
        Write("/proc/meminfo", "MemAvailable:    5000 kB\n");
        Write("/proc/self/cgroup", "8:pids:/other\n5:memory:/unit\n");
        Write("/proc/self/mountinfo", "35 31 0:32 / /cgroup/memory rw - cgroup cgroup rw,memory\n");
        Write("/cgroup/memory/unit/memory.limit_in_bytes", "900000\n");
        Write("/cgroup/memory/unit/memory.usage_in_bytes", "500000\n");
        Write("/cgroup/memory/unit/memory.stat", "inactive_file 7\ntotal_inactive_file 50000\n");
        Assert.Equal(450_000, Free());
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private long Free() => LinuxMemory.Free(new SystemFiles(_root));

    private void WriteGroup(string folder, string limit)
    {
        Write(folder + "/memory.max", limit + "\n");
        Write(folder + "/memory.current", "400000\n");
        Write(folder + "/memory.stat", "anon 300000\ninactive_file 100000\n");
    }

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_root + path)!);
        File.WriteAllText(_root + path, text);
    }
}
