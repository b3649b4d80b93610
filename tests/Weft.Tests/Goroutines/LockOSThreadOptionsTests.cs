using System.Diagnostics;
using Weft.Tests.Support;

namespace Weft.Tests.Goroutines;

public sealed class LockOSThreadOptionsTests
{
    [Fact]
    public async Task LockOSThreadAsync_Fresh_GivesAThreadThatNobodyRanOn()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartMany(20, async _ => await Go.Yield()).Within();
        await scheduler.StartChecked(async () =>
        {
            await Go.Yield();
            SystemThread[] before = [.. TaskList.All()];
            using ThreadPin hold = await Go.LockOSThreadAsync(ThreadPinOptions.Fresh);
            Assert.DoesNotContain(TaskList.Current, before);
            int id = Native.GetThreadId();
            await Task.Delay(1);
            Assert.Equal(id, Native.GetThreadId());
        }).Within();
    }

    [Fact]
    public async Task LockOSThreadAsync_None_LocksTheThreadItRunsOn()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            using ThreadPin hold = await Go.LockOSThreadAsync();
            int id = Native.GetThreadId();
            await Task.Delay(1);
            Assert.Equal(id, Native.GetThreadId());
        }).Within();
    }

    [Fact]
    public async Task LockOSThread_Fresh_ThrowsBecauseItCannotMove()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(() => Assert.Throws<ArgumentException>("options", () => Go.LockOSThread(ThreadPinOptions.Fresh)))
            .Within();
    }

    [Fact]
    public async Task LockOSThreadAsync_FreshAtMaxThreads_ThrowsThreadLimitException()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1, maxThreads: 6);
        using var pipe = new BlockingPipe();
        var shortage = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        scheduler.ThreadShortage += (_, _) => shortage.TrySetResult();
        Goroutine<bool>[] blockers = [];
        await scheduler.StartChecked(async () =>
        {
            blockers = scheduler.StartMany(20, _ => pipe.Read());

            // Keeps its machine while the blockers take all the others.
            shortage.Task.Wait();
            var refusal = await Assert.ThrowsAsync<ThreadLimitException>(async () => await Go.LockOSThreadAsync(ThreadPinOptions.Fresh));
            Assert.Equal($"Scheduler '{scheduler.Name}' has 6 threads, and MaxThreads is 6.", refusal.Message);
            Assert.True(TaskList.IsCurrentOf(scheduler));
        }).Within();
        pipe.Release(blockers.Length);
        await blockers.Within();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task KeepThread_ChildWithDeathSignal_LivesOnOnlyIfKept(bool keep)
    {
        if (!File.Exists("/usr/bin/setpriv"))
            Assert.Skip("needs setpriv of util-linux");
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Process? child = null;
        SystemThread thread = await scheduler.Start(() =>
        {
            Go.LockOSThread(keep ? ThreadPinOptions.KeepThread : ThreadPinOptions.None);
            var start = new ProcessStartInfo("setpriv") { RedirectStandardOutput = true, RedirectStandardInput = true };
            foreach (string argument in (string[])["--pdeathsig", "KILL", "sh", "-c", "echo ready; exec cat"])
                start.ArgumentList.Add(argument);
            child = Process.Start(start)!;
            Assert.Equal("ready", child.StandardOutput.ReadLine());
            return TaskList.Current;
        }).Within();
        using (child)
        {
            Assert.NotNull(child);
            if (keep)
            {
                await scheduler.StartMany(20, async _ => await Go.Yield()).Within();
                Assert.True(TaskList.Exists(thread));
                Assert.False(child.HasExited);
                child.StandardInput.Close();
                await child.WaitForExitAsync().Within(scheduler);
                Assert.Equal(0, child.ExitCode);
            }
            else
            {
                await child.WaitForExitAsync().Within(scheduler);
                Assert.Equal(128 + 9, child.ExitCode);
                await Limits.Until(() => !TaskList.Exists(thread), "the thread is gone", scheduler);
            }
        }
    }
}
