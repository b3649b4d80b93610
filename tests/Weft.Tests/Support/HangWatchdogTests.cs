using System.Diagnostics;

namespace Weft.Tests.Support;

public sealed class HangWatchdogTests
{
    private const string HangRequest = "WEFT_TESTS_HANG";

    [Fact]
    public async Task Watch_TestThatHangs_EndsTheProcessWithADump()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-method");
        start.ArgumentList.Add($"{typeof(HangWatchdogTests).FullName}.{nameof(Hang_WhenAsked)}");
        start.Environment[HangRequest] = "1";
        using Process child = Process.Start(start)!;
        Task<string> output = child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string error = await child.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await output;
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(HangWatchdog.ExitCode, child.ExitCode);
        Assert.Contains($"HANG: {typeof(HangWatchdogTests).FullName}.{nameof(Hang_WhenAsked)} did not end within 1 s", error);
        if (OperatingSystem.IsLinux())
            Assert.Contains("hang-watchdog", error);
        Assert.Contains("--- scheduler hung ---", error);
        Assert.Contains("HangWatchdogTests.cs:", error);
    }

    [Fact]
    [HangLimit(1)]
    public void Hang_WhenAsked()
    {
        if (Environment.GetEnvironmentVariable(HangRequest) is null)
            return;
        using var scheduler = new Scheduler(new SchedulerOptions { Name = "hung" });
        scheduler.Run(static () => Thread.Sleep(Timeout.Infinite));
    }
}
