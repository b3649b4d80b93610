using Weft.Tests.Support;

namespace Weft.Tests.Runtime.Core;

/// <summary>
/// What a goroutine did to its thread leaks nowhere. The state here is the working directory, which a thread has to itself after
/// unshare(CLONE_FS), and which a new thread inherits from the one that creates it.
/// </summary>
public sealed class ThreadStateTests
{
    private const string Strange = "/proc";

    private static string Own => Native.WorkingDirectory(Environment.ProcessId);

    [Fact]
    public async Task LockedGoroutineEnds_ChangedDirectory_LaterLockedGoroutinesDoNotSeeIt()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        for (int round = 0; round < 20; round++)
        {
            await scheduler.StartChecked(() =>
            {
                Go.LockOSThread();
                Assert.Equal(Own, Native.WorkingDirectory(Native.GetThreadId()));
                Taint();
                Assert.Equal(Strange, Native.WorkingDirectory(Native.GetThreadId()));
            }).Within();
        }

        await scheduler.StartMany(20, async _ =>
        {
            await Go.Yield();
            Assert.Equal(Own, Native.WorkingDirectory(Native.GetThreadId()));
        }).Within();
    }

    [Fact]
    public async Task LockedGoroutineStartsOthers_NewThreads_InheritNothing()
    {
        const int Children = 50;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        using var entered = new CountdownEvent(Children);
        using var release = new Gate();
        await scheduler.StartChecked(async () =>
        {
            Go.LockOSThread();
            Taint();

            // The only thread with a processor is the tainted one: every thread that these need is asked for there.
            Goroutine<bool>[] children = scheduler.StartMany(Children, _ =>
            {
                Assert.Equal(Own, Native.WorkingDirectory(Native.GetThreadId()));
                entered.Signal();
                release.Wait();
            });
            entered.Wait();
            AssertOnlyTainted(scheduler, Native.GetThreadId());
            release.Open();
            foreach (Goroutine<bool> child in children)
                await child;
        }).Within();
    }

    [Fact]
    public async Task EveryProcessorOnALockedThread_NewThreads_InheritNothing()
    {
        const int Locked = 4;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: Locked);
        using var all = new Barrier(Locked);
        await scheduler.StartMany(Locked, async i =>
        {
            Go.LockOSThread();
            Taint();
            all.SignalAndWait();
            Goroutine<bool>[] children = scheduler.StartMany(10, _ =>
            {
                Thread.Sleep(1);
                Assert.Equal(Own, Native.WorkingDirectory(Native.GetThreadId()));
            });
            foreach (Goroutine<bool> child in children)
                await child;
        }).Within();
        await Limits.Until(
            () => TaskList.Of(scheduler).All(thread => DirectoryOf(thread) != Strange),
            "no tainted thread is left",
            scheduler);
    }

    [Theory]
    [InlineData("completion")]
    [InlineData("async")]
    [InlineData("result")]
    [InlineData("channel")]
    [InlineData("adapter")]
    [InlineData("lock")]
    [InlineData("scheduler")]
    public async Task LockedGoroutine_WakesWhatWantsANewThread_ThatInheritsNothing(string act)
    {
        // In a process of its own, where .NET's pool and the other scheduler have no thread yet.
        ChildProcess child = await ChildProcess.RunAsync("tainted-thread", act);
        Assert.Equal("changed to /proc, begins in its own", child.Output.Trim());
        Assert.Equal(0, child.ExitCode);
    }

    private static void Taint()
    {
        Native.Unshare(Native.CLONE_FS);
        Native.ChangeDirectory(Strange);
    }

    private static void AssertOnlyTainted(Scheduler scheduler, int expected) =>
        Assert.Equal([expected], TaskList.Of(scheduler).Where(thread => DirectoryOf(thread) == Strange).Select(thread => thread.Id));

    private static string? DirectoryOf(SystemThread thread)
    {
        try
        {
            return Native.WorkingDirectory(thread.Id);
        }
        catch (IOException)
        {
            // It has ended since it was listed.
            return null;
        }
    }
}
