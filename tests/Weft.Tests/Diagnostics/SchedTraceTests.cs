using System.Globalization;
using System.Text.RegularExpressions;
using Weft.Tests.Support;

namespace Weft.Tests.Diagnostics;

public sealed partial class SchedTraceTests
{
    [Fact]
    public async Task SchedTrace_On_PrintsALineEachInterval()
    {
        ChildProcess child = await RunAsync("schedtrace=100");
        string[] lines = Lines(child);
        Assert.True(lines.Length >= 3, child.ToString());
        Assert.All(lines, line => Assert.Matches(SchedLine(), line));
        int[] times = [.. lines.Select(line => Field(line, "SCHED ", "ms"))];
        Assert.Equal(times.Order(), times);

        // Of the 100 goroutines that block for 600 ms, some line has seen the threads.
        Assert.Contains(lines, line => Field(line, " threads=", " ") > 100);
        Assert.Contains(lines, line => Field(line, " stackbytes=", " ") > 100 * 256 * 1024);
        Assert.All(lines, line => Assert.Equal(2, Field(line, " gomaxprocs=", " ")));
        Assert.All(lines, line => Assert.Equal(2, LocalQueues().Match(line).Groups[1].Captures.Count));
    }

    [Fact]
    public async Task SchedDetail_On_AddsProcessorsMachinesAndGoroutines()
    {
        ChildProcess child = await RunAsync("schedtrace=100,scheddetail=1");
        Assert.NotEmpty(Lines(child));
        Assert.Matches(@"(?m)^\s*P0: ", child.Error);
        Assert.Matches(@"(?m)^\s*P1: ", child.Error);
        Assert.Matches(@"(?m)^\s*M\d+: ", child.Error);
        Assert.Matches(@"(?m)^\s*G\d+: .*Storm\.cs:\d+", child.Error);
    }

    [Fact]
    public async Task SchedTrace_Off_PrintsNothing()
    {
        ChildProcess child = await ChildProcess.RunAsync("storm", "10", "10");
        Assert.Equal((0, "10 ended\n", ""), (child.ExitCode, child.Output, child.Error));
    }

    [Theory]
    [InlineData("schedtrace=")]
    [InlineData("schedtrace=x")]
    [InlineData("nonsense=1,,=")]
    public async Task WeftDebug_NotUnderstood_DoesNoHarm(string value)
    {
        ChildProcess child = await ChildProcess.RunWithDebugAsync(value, "storm", "10", "10");
        Assert.Equal((0, "10 ended\n"), (child.ExitCode, child.Output));
        Assert.Empty(Lines(child));
    }

    private static async Task<ChildProcess> RunAsync(string debug)
    {
        ChildProcess child = await ChildProcess.RunWithDebugAsync(debug, "storm", "100", "600");
        Assert.Equal((0, "100 ended\n"), (child.ExitCode, child.Output));
        return child;
    }

    private static string[] Lines(ChildProcess child) =>
        [.. child.Error.Split('\n').Where(line => line.StartsWith("SCHED", StringComparison.Ordinal))];

    private static int Field(string line, string before, string after)
    {
        Match match = Regex.Match(line, Regex.Escape(before) + @"(\d+)" + Regex.Escape(after));
        Assert.True(match.Success, line);
        return int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(
        @"^SCHED \d+ms: gomaxprocs=\d+ idleprocs=\d+ threads=\d+ spinningthreads=\d+ needspinning=[01] idlethreads=\d+ runqueue=\d+ " +
        @"\[ (\d+ )+\] exited=\d+ reaped=\d+ stackbytes=\d+ scheduler=\S+$")]
    private static partial Regex SchedLine();

    [GeneratedRegex(@"\[ (?:(\d+) )+\]")]
    private static partial Regex LocalQueues();
}
