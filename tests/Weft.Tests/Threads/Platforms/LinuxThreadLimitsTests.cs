using Weft.Contracts;
using Weft.Runtime.Core;
using Weft.Tests.Support;
using Weft.Threads;
using Weft.Threads.Platforms;

namespace Weft.Tests.Threads.Platforms;

/// <summary>What Linux shows in files of its limits on threads; here of a folder that stands for the root.</summary>
public sealed class LinuxThreadLimitsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("weft-limits-").FullName;

    [Fact]
    public void Tightest_NoFiles_IsUnlimited() => Assert.Equal(ThreadRoom.Unlimited, Limits().Tightest());

    [Theory]
    [InlineData("/service/unit", "40", "10", "max", "900", 30, "/cgroup/service/unit")]
    [InlineData("/service/unit", "max", "10", "100", "90", 10, "/cgroup/service")]
    [InlineData("/service/unit", "40", "10", "100", "95", 5, "/cgroup/service")]
    [InlineData("/service/unit", "40", "50", "100", "60", 0, "/cgroup/service/unit")]
    public void Tightest_SecondVersion_IsOfTheTightestAncestor(
        string group,
        string own,
        string ownUsed,
        string above,
        string aboveUsed,
        int free,
        string where)
    {
        Write("/proc/self/cgroup", $"0::{group}\n");
        Write("/proc/self/mountinfo", "30 23 0:28 / /cgroup rw,relatime shared:4 - cgroup2 cgroup2 rw\n");
        WriteGroup("/cgroup/service/unit", own, ownUsed);
        WriteGroup("/cgroup/service", above, aboveUsed);
        ThreadRoom room = Limits().Tightest();
        Assert.Equal(free, room.Free);
        Assert.StartsWith($"pids.max of {where} is ", room.Limit, StringComparison.Ordinal);
    }

    [Fact]
    public void Tightest_FirstVersionBesideTheSecond_IsOfTheHierarchyWithThatController()
    {
        Write("/proc/self/cgroup", "9:name=systemd:/other\n8:memory,pids:/a b\n0::/other\n");
        Write(
            "/proc/self/mountinfo",
            """
            35 31 0:32 / /cgroup/memory rw - cgroup cgroup rw,memory,cpu
            39 31 0:36 / /cgroup/the\040pids rw,relatime - cgroup cgroup rw,memory,pids
            41 31 0:38 / /cgroup/unified rw - cgroup2 cgroup2 rw
            """);
        WriteGroup("/cgroup/the pids/a b", "200", "50");
        WriteGroup("/cgroup/unified/other", "20", "1"); // of another program
        Assert.Equal(19, Limits().Tightest().Free);
        File.Delete(_root + "/cgroup/unified/other/pids.max");
        Assert.Equal("pids.max of /cgroup/the pids/a b is 200, 50 in use", Limits().Tightest().Limit);
    }

    [Theory]
    [InlineData("/docker/123", "/docker/123", "/cgroup")] // the mount shows the container's own group as the top
    [InlineData("/", "/docker/123", "/cgroup")] // a namespace of its own, mounted by the outside
    [InlineData("/", "/../other", "/cgroup")] // moved out of its namespace
    [InlineData("/", "/", "/cgroup")]
    [InlineData("/docker", "/docker/123", "/cgroup/123")]
    public void Tightest_InAContainer_IsOfWhatTheMountShows(string mountRoot, string group, string where)
    {
        Write("/proc/self/cgroup", $"0::{(mountRoot == "/" && group == "/docker/123" ? "/" : group)}\n");
        Write("/proc/self/mountinfo", $"30 23 0:28 {mountRoot} /cgroup ro - cgroup2 cgroup rw\n");
        WriteGroup(where, "64", "4");
        Assert.Equal(new ThreadRoom(60, $"pids.max of {where} is 64, 4 in use"), Limits().Tightest());
    }

    [Theory]
    [InlineData("1000", "0000000000000000", "0 0 4294967295", 30L)]
    [InlineData("1000", "0000000001000000", "0 0 4294967295", null)] // CAP_SYS_RESOURCE
    [InlineData("1000", "0000000000200000", "0 0 4294967295", null)] // CAP_SYS_ADMIN
    [InlineData("0", "0000000000000000", "0 0 4294967295", null)]
    [InlineData("0", "000001ffffffffff", "0 1000 1", 30L)] // root of a user namespace only
    public void Tightest_LimitOfTheUser_HoldsWhoIsNotExempt(string user, string capabilities, string map, long? free)
    {
        Write("/proc/self/limits", "Limit                     Soft Limit           Hard Limit           Units     \n"
            + "Max processes             100                  200                  processes \n");
        Write("/proc/self/uid_map", $"         {map}\n");
        string own = $"Name:\tme\nUid:\t{user}\t7\t7\t7\nThreads:\t40\nCapEff:\t{capabilities}\n";
        Write("/proc/self/status", own);
        Write("/proc/10/status", own);
        Write("/proc/11/status", $"Name:\tsame user\nUid:\t{user}\t0\t0\t0\nThreads:\t30\n");
        Write("/proc/12/status", "Name:\tanother\nUid:\t55\t55\t55\t55\nThreads:\t300\n");
        ThreadRoom room = Limits().Tightest();
        Assert.Equal(free, room.Limit is null ? null : room.Free);
    }

    [Fact]
    public void Tightest_OfTheWholeSystem_CountsEverybodysThreads()
    {
        Write("/proc/loadavg", "0.00 0.01 0.05 2/300 12345\n");
        Write("/proc/sys/kernel/threads-max", "1000\n");
        Write("/proc/sys/kernel/pid_max", "400\n");
        Assert.Equal(new ThreadRoom(100, "kernel.pid_max is 400, 300 in use"), Limits().Tightest());
    }

    [Fact]
    public void Tightest_FewMappings_CountsTwoForEachThreadAndLeavesSome()
    {
        Write("/proc/sys/vm/max_map_count", "4000\n");
        Write("/proc/self/maps", string.Concat(Enumerable.Repeat("7f-80 rw-p 00000000 00:00 0\n", 152)));
        Assert.Equal(new ThreadRoom(900, "vm.max_map_count is 4000, 152 in use"), Limits().Tightest());
        Assert.Equal(ThreadRoom.Unlimited, Limits().TightestShared());
    }

    [Theory]
    [InlineData(20_000, ThreadAllowance.Most)]
    [InlineData(1_000, 968)]
    [InlineData(92, 60)]
    [InlineData(32, 8)]
    [InlineData(3, ThreadAllowance.Least)]
    public void MaxThreads_Default_LeavesThirtyTwoOrThreeQuartersToTheRest(int free, int threads)
    {
        Assert.SkipUnless(ThreadAllowance.Reserve == 32, "With that many CPUs more is left.");
        Write("/proc/loadavg", "0 0 0 1/1000 1\n");
        Write("/proc/sys/kernel/threads-max", $"{1_000 + free}\n");
        Assert.Equal(threads, ThreadAllowance.From(Limits()).Threads);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private LinuxThreadLimits Limits() => new(new SystemFiles(_root));

    private void WriteGroup(string folder, string max, string current)
    {
        Write(folder + "/pids.max", max + "\n");
        Write(folder + "/pids.current", current + "\n");
    }

    private void Write(string path, string text)
    {
        string file = _root + path;
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
