using Weft.Tests.Support;

namespace Weft.Tests.Guarding;

/// <summary>The pool is the process's, so each test has a process of its own.</summary>
public sealed class ThreadPoolGuardTests
{
    [Fact]
    public async Task Start_ItemsThatBlockUntilAllHaveBegun_AllGetThreadsAndItIsTold()
    {
        ChildProcess child = await ChildProcess.RunAsync("guard-all-at-once", "300", "1000");

        Assert.True(child.ExitCode == 0, child.Error);
        Assert.Matches(
            @"^Raised: The minimum of \.NET's pool went from \d+ to \d+: work waited while its threads blocked\.\s*$",
            child.Output);
    }

    [Fact]
    public async Task Start_ItemsThatWaitForItemsBehindThem_End()
    {
        ChildProcess child = await ChildProcess.RunAsync("guard-deadlock", "500");

        Assert.True(child.ExitCode == 0, child.Error);
    }

    [Fact]
    public async Task Start_MoreBlockThanThereMayBeThreads_StopsAtTheBoundAndTells()
    {
        ChildProcess child = await ChildProcess.RunAsync("guard-bound");

        Assert.True(child.ExitCode == 0, child.Error);
        Assert.Equal("40", child.Output.Trim());
    }

    [Fact]
    public async Task Dispose_TheUserHasSetTheMinimumMeanwhile_ItHolds()
    {
        ChildProcess child = await ChildProcess.RunAsync("guard-minimum");

        Assert.True(child.ExitCode == 0, $"{child.ExitCode} {child.Error}");
        Assert.Equal("True 1 1", child.Output.Trim());
    }

    [Fact]
    public async Task Start_ItemsThatCompute_GetNoMoreThreads()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells which threads of the pool want a processor that others have.");

        ChildProcess child = await ChildProcess.RunAsync("guard-computing");

        Assert.True(child.ExitCode == 0, child.Error);
        Assert.Equal("0", child.Output.Trim());
    }

    [Fact]
    public async Task Start_TheEnvironmentFixesTheMinimum_IsTold()
    {
        ChildProcess child = await ChildProcess.RunCoreAsync(
            "Weft.TestChild.dll", [("DOTNET_ThreadPool_ForceMinWorkerThreads", "2")], ["guard-fixed"]);

        Assert.True(child.ExitCode == 0, child.Error);
    }

    [Fact]
    public async Task Dispose_AfterARise_TellsOfTheFallBeforeItReturns()
    {
        ChildProcess child = await ChildProcess.RunAsync("guard-end");

        Assert.True(child.ExitCode == 0, $"{child.ExitCode} {child.Error}");
        Assert.Equal("Lowered to 0", child.Output.Trim());
    }

    [Fact]
    public async Task Dispose_ByAHandlerThatWaitsForAnother_ReturnsAndTheFallIsToldAfterwards()
    {
        ChildProcess child = await ChildProcess.RunAsync("guard-end-in-handler");

        Assert.True(child.ExitCode == 0, $"{child.ExitCode} {child.Error}");
    }

    [Theory]
    [InlineData("late", "True", "ThreadTimeoutIgnored")]
    [InlineData("early", "False", "Raised")]
    public async Task Start_ThePoolHasBeenUsed_SaysThatItsTimeoutIsIgnored(string when, string isIgnored, string first)
    {
        ChildProcess child = await ChildProcess.RunAsync("guard-timeout", when);

        Assert.True(child.ExitCode == 0, $"{child.ExitCode} {child.Error}");
        Assert.Equal([isIgnored, first], child.Output.Trim().Split('\n'));
    }

    [Fact]
    public async Task Metrics_OfTheGuard_TellWhatItsStatisticsTellWhileItIsThere()
    {
        ChildProcess child = await ChildProcess.RunAsync("guard-metrics");

        Assert.True(child.ExitCode == 0, $"{child.ExitCode} {child.Error}");
        Assert.Equal("0 0", child.Output.Trim());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(32_768)]
    public void Start_MaxThreadsOutOfRange_IsRefused(int threads)
    {
        ArgumentOutOfRangeException refusal = Assert.Throws<ArgumentOutOfRangeException>(
            () => ThreadPoolGuard.Start(new ThreadPoolGuardOptions { MaxThreads = threads }));

        Assert.Equal(nameof(ThreadPoolGuardOptions.MaxThreads), refusal.ParamName);
    }

    [Theory]
    [InlineData(99)]
    [InlineData(86_400_001)]
    public void Start_ThreadTimeoutOutOfRange_IsRefused(double milliseconds)
    {
        ArgumentOutOfRangeException refusal = Assert.Throws<ArgumentOutOfRangeException>(() => ThreadPoolGuard.Start(
            new ThreadPoolGuardOptions { ThreadTimeout = TimeSpan.FromMilliseconds(milliseconds) }));

        Assert.Equal(nameof(ThreadPoolGuardOptions.ThreadTimeout), refusal.ParamName);
    }
}
