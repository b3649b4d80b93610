using Weft.Tests.Support;
using Weft.Threads;
using Weft.Threads.Platforms;

namespace Weft.Tests.Threads.Platforms;

public sealed class LinuxThreadSampleTests
{
    [Fact]
    public async Task ShareRunning_ThreadsThatBlock_IsNoneOfThem()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has /proc.");
        using var release = new ManualResetEventSlim();
        OSThread[] threads = [.. Enumerable.Range(0, 40).Select(_ => Start("weft-sleepers", release.Wait))];
        var sample = new LinuxThreadSample("weft-sleepers");

        await Limits.Until(() => sample.ShareRunning(threads.Length) == 0, "all threads are seen asleep");

        release.Set();
        foreach (OSThread thread in threads)
            thread.Join();
        await Limits.Until(() => sample.ShareRunning(0) is null, "no thread is seen any more");
    }

    [Fact]
    public async Task ShareRunning_ThreadsThatCompute_IsAllOfThem()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has /proc.");
        bool ends = false;
        OSThread[] threads = [.. Enumerable.Range(0, 4).Select(_ => Start("weft-runners", Compute))];
        var sample = new LinuxThreadSample("weft-runners");

        await Limits.Until(() => sample.ShareRunning(threads.Length) == 1, "all threads are seen to want a processor");

        Volatile.Write(ref ends, true);
        foreach (OSThread thread in threads)
            thread.Join();

        void Compute()
        {
            while (!Volatile.Read(ref ends))
                Thread.SpinWait(100);
        }
    }

    private static OSThread Start(string name, Action body) => OSThread.Start(body, new OSThreadOptions { Name = name });
}
