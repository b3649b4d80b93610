namespace Weft.Tests.Support;

public sealed class HangWatchdogTests
{
    private const string HangRequest = "WEFT_TESTS_HANG";

    [Fact]
    public async Task Watch_TestThatHangs_EndsTheProcessWithADump()
    {
        ChildProcess child = await ChildProcess.RunCoreAsync(
            "Weft.Tests.dll",
            [(HangRequest, "1")],
            ["-method", $"{typeof(HangWatchdogTests).FullName}.{nameof(Hang_WhenAsked)}"]);

        Assert.Equal(HangWatchdog.ExitCode, child.ExitCode);
        Assert.Contains($"HANG: {typeof(HangWatchdogTests).FullName}.{nameof(Hang_WhenAsked)} did not end within 1 s", child.Error);
        if (OperatingSystem.IsLinux())
            Assert.Contains("hang-watchdog", child.Error);
        Assert.Contains("--- scheduler hung ---", child.Error);
        Assert.Contains("HangWatchdogTests.cs:", child.Error);
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
