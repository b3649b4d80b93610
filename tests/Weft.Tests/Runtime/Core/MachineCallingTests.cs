using System.Runtime.CompilerServices;
using Weft.Runtime.Core;
using Weft.Tests.Support;
using Weft.Threads;

namespace Weft.Tests.Runtime.Core;

public sealed class MachineCallingTests
{
    // More than the table has room for, with stacks of any size.
    private const int Crowd = 600;

    [Fact]
    public async Task Calling_DownTheWholeStack_IsTheSameMachine()
    {
        using TestScheduler _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(() => Assert.True(IsSameBelow(Machine.Calling!, 768 * 1024))).Within();
    }

    [Fact]
    public async Task Calling_MoreMachinesThanPlaces_EachFindsItself()
    {
        using TestScheduler _ = TestScheduler.Create(
            new SchedulerOptions { Name = TestScheduler.NextName(), StackSizeBytes = OSThreadOptions.MinStackSizeBytes },
            out Scheduler scheduler);
        using var gate = new Gate();
        Goroutine<int>[] crowd = [.. Enumerable.Range(0, Crowd).Select(_ => scheduler.Start(() =>
        {
            AssertIsCallingThread();
            gate.Wait();
            AssertIsCallingThread();
            return Native.GetThreadId();
        }))];
        Eventually.True(() => scheduler.Statistics.GoroutinesBlocked == Crowd, "all block");
        gate.Open();
        int[] threads = await crowd.Within();
        Assert.Equal(Crowd, threads.Distinct().Count());
    }

    [Fact]
    public async Task Calling_OnStacksThatMachinesHadBefore_IsWhoHasThemNow()
    {
        using TestScheduler _ = TestScheduler.Create(out Scheduler scheduler);
        for (int i = 0; i < 200; i++)
        {
            await scheduler.StartChecked(() =>
            {
                AssertIsCallingThread();
                Go.LockOSThread(); // its thread dies with it, and the stack is the next one's
            }).Within();
        }
    }

    [Fact]
    public async Task Calling_OnAnOrdinaryThreadWithAMachinesOldStack_IsNull()
    {
        using TestScheduler _ = TestScheduler.Create(out Scheduler scheduler);
        nint stack = 0;
        Goroutine<bool> goroutine = scheduler.StartChecked(() =>
        {
            AssertIsCallingThread();
            stack = StackAddress();
            Go.LockOSThread();
        });
        await goroutine.Within();
        Eventually.True(() => scheduler.Statistics.ThreadsReaped > 0, "its thread is gone");
        (nint Stack, bool None) other = default;
        ThreadHost host = goroutine.Engine.Host;
        OSThread.Start(host, () => other = (StackAddress(), IsSameBelow(null, 64 * 1024)), "other", OSThreadOptions.DefaultStackSizeBytes)
            .Join();
        Assert.True(other.None);
        Assert.InRange(other.Stack - stack, -4096, 4096); // or the test shows nothing
    }

    private static void AssertIsCallingThread() => Assert.Equal(ThreadPlatform.Current.CurrentThreadId(), Machine.Calling?.ThreadId);

    private static unsafe nint StackAddress()
    {
        byte here;
        return (nint)(&here);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe bool IsSameBelow(Machine? machine, int bytes)
    {
        const int Frame = 4096;
        byte* frame = stackalloc byte[Frame];
        frame[bytes % Frame] = 1;
        return Machine.Calling == machine && (bytes < Frame || IsSameBelow(machine, bytes - Frame)) && frame[bytes % Frame] == 1;
    }
}
