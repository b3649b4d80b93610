using System.Globalization;
using System.Runtime.CompilerServices;
using Weft.Tests.Support;

namespace Weft.Tests.Runtime.Core;

/// <summary>What a goroutine changes about its Thread is undone before the thread runs another one.</summary>
public sealed class ThreadPropertiesTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task NamePriorityCulture_ChangedByAGoroutine_AreResetForTheNext(bool goesOn)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        var changed = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        int onTheSame = 0;
        for (int i = 0; i < 200 && onTheSame < 20; i++)
        {
            int thread = await scheduler.Start(async () =>
            {
                Thread.CurrentThread.Name = "changed";
                Thread.CurrentThread.Priority = ThreadPriority.AboveNormal;
                CultureInfo.CurrentCulture = changed;
                int id = Environment.CurrentManagedThreadId;
                if (goesOn)
                    await Go.Yield();
                return id;
            }).Within();
            (int Thread, string? Name, ThreadPriority Priority, CultureInfo Culture) next = await scheduler.Start(() =>
                (Environment.CurrentManagedThreadId, Thread.CurrentThread.Name, Thread.CurrentThread.Priority, CultureInfo.CurrentCulture))
                    .Within();
            if (thread != next.Thread)
                continue; // the monitor had taken the processor for another machine: this round shows nothing
            onTheSame++;
            Assert.Null(next.Name);
            Assert.Equal(ThreadPriority.Normal, next.Priority);
            Assert.NotSame(changed, next.Culture);
        }

        Assert.NotEqual(0, onTheSame);
    }

    [Fact]
    public async Task Name_ChangedByAGoroutine_IsResetAsTheSystemShowsIt()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Reads /proc.");
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        await scheduler.Start(() => { Thread.CurrentThread.Name = "changed"; }).Within();
        string shown = await scheduler.Start(() => File.ReadAllText($"/proc/self/task/{Native.GetThreadId()}/comm").Trim()).Within();
        Assert.StartsWith($"{scheduler.Name}-m", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task IsBackground_ChangedByAGoroutine_IsResetBeforeTheThreadIsIdle()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        Thread thread = await scheduler.Start(() =>
        {
            Thread.CurrentThread.IsBackground = false;
            return Thread.CurrentThread;
        }).Within();
        Eventually.True(() => thread.IsBackground, "in the background again");
    }

    [Fact]
    public async Task Priority_ChangedByALockedGoroutine_StaysUntilItUnlocks()
    {
        Assert.SkipUnless(
            RuntimeFeature.IsDynamicCodeSupported || OperatingSystem.IsWindows(),
            "NativeAOT keeps no priority of a thread outside Windows.");
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        await scheduler.StartChecked(async () =>
        {
            Thread thread = Thread.CurrentThread;
            using (Go.LockOSThread())
            {
                thread = Thread.CurrentThread;
                thread.Priority = ThreadPriority.AboveNormal;
                await Task.Delay(1);
                Assert.Same(thread, Thread.CurrentThread);
                Assert.Equal(ThreadPriority.AboveNormal, thread.Priority);
            }

            await Go.Yield();
            Assert.Equal(ThreadPriority.Normal, thread.Priority);
        }).Within();
    }
}
