using System.Diagnostics;
using Weft.Tests.Support;

namespace Weft.Tests.Isolation;

public sealed class ProcessTests
{
    [Fact]
    public async Task ProcessStart_WhileThreadsComeAndGo_EachChildRuns()
    {
        const int Children = 50;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 2, idleMilliseconds: 1);
        using var stop = new Gate();
        Goroutine<bool> churn = scheduler.StartChecked(async () =>
        {
            while (!stop.IsOpen)
            {
                Goroutine<bool>[] burst = scheduler.StartMany(20, i =>
                {
                    if (i % 4 == 0)
                        Go.LockOSThread();
                    Thread.Sleep(1);
                });
                foreach (Goroutine<bool> goroutine in burst)
                    await goroutine;
            }
        });
        for (int i = 0; i < Children; i++)
        {
            Goroutine<string> child = scheduler.Start(() =>
            {
                using var process = Process.Start(new ProcessStartInfo("echo", "alive") { RedirectStandardOutput = true })!;
                string output = process.StandardOutput.ReadToEnd();
                process.WaitForExit();
                return output;
            });
            Assert.Equal("alive\n", await child.Within());
        }

        stop.Open();
        await churn.Within();
    }

    [Fact]
    public async Task SetGroupIds_WhileThreadsComeAndGo_ReachesEveryThreadAndReturns()
    {
        const int Calls = 300;
        const int Exits = 20;
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems keep group ids for the process.");
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 2, idleMilliseconds: 1);
        using var stop = new Gate();
        Goroutine<bool> churn = scheduler.StartChecked(async () =>
        {
            while (!stop.IsOpen)
            {
                foreach (Goroutine<bool> goroutine in scheduler.StartMany(20, _ => Go.LockOSThread()))
                    await goroutine;
            }
        });
        await Task.Run(() =>
        {
            for (int i = 0; i < Calls || scheduler.Statistics.ThreadsExited <= Exits; i++)
                Native.SetGroupIdsOnEveryThread();
        }).Within(scheduler);
        stop.Open();
        await churn.Within();
    }

    [Fact]
    public async Task Run_LockedOnTheProcessesMainThread_MainThreadLivesOn()
    {
        ChildProcess child = await ChildProcess.RunAsync("locked-main");
        Assert.Equal((0, "main thread alive, 20 goroutines ended\n"), (child.ExitCode, child.Output));
    }

    [Fact]
    public async Task StackOverflow_OnAMachine_EndsWithTheRuntimesReport()
    {
        ChildProcess child = await ChildProcess.RunAsync("stack-overflow");
        Assert.Contains("recursing", child.Output, StringComparison.Ordinal);
        Assert.Contains("Stack overflow", child.Error, StringComparison.Ordinal);
        Assert.Contains("StackOverflow.Recurse", child.Error, StringComparison.Ordinal);
        Assert.Equal(128 + 6, child.ExitCode);
    }

    [Fact]
    public async Task Storm_InAProcessOfItsOwn_EndsWithMain()
    {
        ChildProcess child = await ChildProcess.RunAsync("storm", "200", "50");
        Assert.Equal((0, "200 ended\n"), (child.ExitCode, child.Output));
    }
}
