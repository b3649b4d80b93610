using System.Diagnostics;
using Weft.Stress.Storms;

namespace Weft.Stress.Scenarios;

/// <summary>
/// Linux sends the signal of PR_SET_PDEATHSIG when the thread that made a child ends, not the process. Children made on threads that are
/// kept live on while other threads come and go; one made on a thread that ends with its goroutine dies, which shows that the first ones
/// were in danger.
/// </summary>
internal sealed class DeathSignals : Scenario
{
    private const int Children = 4;
    private const int StormsToOutlive = 3;
    private const int Killed = 128 + 9;

    public override string Name => "deathsignals";

    public override double Share => 0.3;

    public override void Run(ScenarioContext context)
    {
        if (!File.Exists("/usr/bin/setpriv"))
        {
            context.Skipped.Add("needs setpriv of util-linux");
            return;
        }

        var churn = new Churn(context.Options);
        do
        {
            var options = new SchedulerOptions
            {
                Name = "kids",
                IdleTimeout = TimeSpan.FromMilliseconds(1),
                MinIdleTimeout = TimeSpan.FromMilliseconds(1),
            };
            using var scheduler = new Scheduler(options);
            Process[] kept = [.. Enumerable.Range(0, Children).Select(_ => StartChild(scheduler, ThreadPinOptions.KeepThread, context))];
            using Process lost = StartChild(scheduler, ThreadPinOptions.None, context);
            StressFailure.ThrowUnless(
                lost.WaitForExit(context.Options.Limit), "a child lives on although the thread that made it has ended");
            StressFailure.ThrowUnless(lost.ExitCode == Killed, $"the child of a thread that ended ended itself, with {lost.ExitCode}");
            int storms = churn.Storms;
            while (churn.Storms < storms + StormsToOutlive)
            {
                Thread.Sleep(1);
                churn.ThrowIfFailed();
            }

            foreach (Process child in kept)
            {
                StressFailure.ThrowUnless(!child.HasExited, "a child made on a kept thread has died");
                child.StandardInput.Close();
                StressFailure.ThrowUnless(
                    child.WaitForExit(context.Options.Limit) && child.ExitCode == 0, "a child does not end by itself");
                child.Dispose();
            }

            context.Add("children that live on", kept.Length);
            context.Add("children that died with their thread");
        }
        while (!context.IsOver);

        churn.Stop(context);
    }

    private static Process StartChild(Scheduler scheduler, ThreadPinOptions options, ScenarioContext context)
    {
        Goroutine<Process> starter = scheduler.Start(async () =>
        {
            await Go.LockOSThreadAsync(options | ThreadPinOptions.Fresh);
            var start = new ProcessStartInfo("setpriv") { RedirectStandardInput = true, RedirectStandardOutput = true };
            foreach (string argument in (string[])["--pdeathsig", "KILL", "sh", "-c", "echo ready; exec cat"])
                start.ArgumentList.Add(argument);
            Process child = Process.Start(start)!;

            // Only now it has asked for the signal, and its thread may end.
            child.StandardOutput.ReadLine();
            return child;
        });
        if (!starter.Task.Wait(context.Options.Limit))
            throw StressFailure.Lost("a goroutine that starts a child did not end", scheduler);
        return starter.Task.Result;
    }
}
