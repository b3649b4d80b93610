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

    [Fact]
    public async Task ShareRunning_OneOfAsManyAsTheStride_IsSeenSoonAndNotAlways()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has /proc.");
        const int Stride = 97;
        bool ends = false;
        using var release = new ManualResetEventSlim();
        using var named = new CountdownEvent(Stride); // a list that is made before leaves threads out
        OSThread runner = Start("weft-strided", () =>
        {
            named.Signal();
            while (!Volatile.Read(ref ends))
                Thread.SpinWait(100);
        });
        OSThread[] sleepers = [.. Enumerable.Range(1, Stride - 1).Select(_ => Start("weft-strided", () =>
        {
            named.Signal();
            release.Wait();
        }))];
        Assert.True(named.Wait(Limits.Hang));
        var sample = new LinuxThreadSample("weft-strided");

        await Limits.Until(() => sample.ShareRunning(Stride) == 1.0 / LinuxThreadSample.Size, "the runner is among those asked");
        await Limits.Until(() => sample.ShareRunning(Stride) == 0, "the runner is not among those asked");

        Volatile.Write(ref ends, true);
        release.Set();
        foreach (OSThread thread in (OSThread[])[runner, .. sleepers])
            thread.Join();
    }

    private static OSThread Start(string name, Action body) => OSThread.Start(body, new OSThreadOptions { Name = name });
}
