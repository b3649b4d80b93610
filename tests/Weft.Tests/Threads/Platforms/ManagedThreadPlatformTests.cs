using System.Runtime.CompilerServices;
using Weft.Tests.Support;
using Weft.Tests.Sync;
using Weft.Threads;
using Weft.Threads.Platforms;

namespace Weft.Tests.Threads.Platforms;

/// <summary>The fallback keeps the same promises.</summary>
public sealed class ManagedThreadPlatformTests() : OSThreadBehaviour(new ManagedThreadPlatform())
{
    [Fact]
    public void Start_WithName_NamesTheThread()
    {
        string? name = null;
        Start(() => name = Thread.CurrentThread.Name, "weft-named").Join();
        Assert.Equal("weft-named", name);
    }

    [Fact]
    public void GetActivity_OfAWaitingThread_IsBlockedThenGone()
    {
        using var mayEnd = new ManualResetEventSlim();
        OSThread thread = Start(mayEnd.Wait);
        Eventually.True(() => Platform.GetActivity(thread.NativeId) == ThreadActivity.Blocked, "blocked");
        mayEnd.Set();
        thread.Join();
        Assert.Equal(ThreadActivity.Gone, Platform.GetActivity(thread.NativeId));
    }

    [Fact]
    public void Start_WithAsyncLocal_DoesNotInheritIt()
    {
        var local = new AsyncLocal<int> { Value = 7 };
        int seen = -1;
        Start(() => seen = local.Value).Join();
        Assert.Equal(0, seen);
    }

    [Fact]
    public unsafe void Wait_ThreadInterrupted_WaitsOnAndTheInterruptMeetsTheNextWait()
    {
        var platform = new ManagedThreadPlatform();
        int[] storage = GC.AllocateArray<int>(1, pinned: true);
        nint word = (nint)Unsafe.AsPointer(ref storage[0]);
        int waits = 0;
        Thread thread = InterruptTests.Interrupted(
            () =>
            {
                for (; Volatile.Read(ref storage[0]) == 0; waits++)
                    platform.Wait((int*)word, 0, -1);
                Thread.Sleep(Timeout.Infinite);
            },
            out Func<bool> wasInterrupted);
        Eventually.True(() => (thread.ThreadState & (ThreadState.WaitSleepJoin | ThreadState.Stopped)) != 0, "asleep, or ended");
        Volatile.Write(ref storage[0], 1);
        platform.Wake((int*)word, 1);
        InterruptTests.Join(thread);
        Assert.Equal(1, waits);
        Assert.True(wasInterrupted());
    }

    [Fact]
    public async Task Scheduler_OnIt_MachinesWithAnInterruptParkAndGoOn()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, platform: new ManagedThreadPlatform());
        for (int round = 0; round < 3; round++)
        {
            await scheduler.StartMany(20, _ => Thread.CurrentThread.Interrupt()).Within();
            await Limits.UntilParked(scheduler, 0, "the machines have parked");
        }
    }

    [Fact]
    public unsafe void Wait_ThreadInterrupted_EndsWhenItsTimeIsUp()
    {
        var platform = new ManagedThreadPlatform();
        int[] storage = GC.AllocateArray<int>(1, pinned: true);
        nint word = (nint)Unsafe.AsPointer(ref storage[0]);
        bool hasWaited = false;
        Thread thread = InterruptTests.Interrupted(
            () =>
            {
                platform.Wait((int*)word, 0, 20_000_000);
                hasWaited = true;
                Thread.Sleep(Timeout.Infinite);
            },
            out Func<bool> wasInterrupted);
        InterruptTests.Join(thread);
        Assert.True(hasWaited);
        Assert.True(wasInterrupted());
    }
}
