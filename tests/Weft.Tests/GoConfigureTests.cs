using Weft.Tests.Support;

namespace Weft.Tests;

/// <summary>The default scheduler, which a process has one of: each test has a process.</summary>
public sealed class GoConfigureTests
{
    [Fact]
    public async Task Configure_BeforeTheFirstUse_MakesTheDefaultSchedulerSo()
    {
        Assert.Equal(["mine 77"], await Lines("configured"));
    }

    [Fact]
    public async Task Configure_ASecondTime_IsRefusedAndChangesNothing()
    {
        string[] lines = await Lines("twice");
        Assert.StartsWith("InvalidOperationException: The default scheduler was configured before", lines[0], StringComparison.Ordinal);
        Assert.Equal("first", lines[1]);
    }

    [Fact]
    public async Task Configure_AfterTheFirstUse_IsRefused()
    {
        string[] lines = await Lines("late");
        Assert.StartsWith("InvalidOperationException: The default scheduler is in use already", lines[0], StringComparison.Ordinal);
        Assert.Equal("weft", lines[1]);
    }

    [Fact]
    public async Task Configure_OptionOutOfRange_IsRefusedAtOnceAndDoesNotCount()
    {
        string[] lines = await Lines("invalid");
        Assert.StartsWith("ArgumentOutOfRangeException: MaxThreads must be", lines[0], StringComparison.Ordinal);
        Assert.Equal("valid", lines[1]);
    }

    private static async Task<string[]> Lines(string what)
    {
        ChildProcess child = await ChildProcess.RunAsync("default-scheduler", what);
        Assert.True(child.ExitCode == 0, child.Error);
        return child.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
