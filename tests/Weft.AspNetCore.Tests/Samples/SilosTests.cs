using System.Text.RegularExpressions;
using Weft.Tests.Support;

namespace Weft.AspNetCore.Tests.Samples;

public sealed partial class SilosTests
{
    /// <summary>
    /// Each run has three silos of its own. All are made together, as most of the time they start and wait. The last one has calls that
    /// never return, which must not keep its silos from stopping.
    /// </summary>
    [Fact]
    public async Task Run_EachModeWhileASiloIsKilled_LosesNothingCountsNothingTwiceAndStops()
    {
        string[] brief = ["--callers", "8", "--seconds", "3", "--timeout", "3", "--block-ms", "20"];
        ChildProcess[] runs = await Task.WhenAll(
            RunAsync(["--mode", "inline", .. brief]),
            RunAsync(["--mode", "guard", "--kill", "2", .. brief]),
            RunAsync(["--mode", "goroutine", "--work", "sync-over-async", .. brief]),
            RunAsync("--mode", "goroutine", "--work", "hanging", "--callers", "4", "--seconds", "2", "--timeout", "1"));
        Assert.All(runs, static run =>
        {
            Assert.True(run.ExitCode == 0 && Ledger().IsMatch(run.Output), run.ToString());
            Assert.True(Count(run, ": killed under load;") == 1 && Count(run, ", as it did not stop in ") == 0, run.ToString());
        });
        Assert.All(runs[..^1], static run => Assert.False(HasNothing(run), run.ToString()));
        Assert.True(HasNothing(runs[^1]) && Count(runs[^1], " TimeoutException") == 1, runs[^1].ToString());
    }

    [Theory]
    [InlineData("--mode takes inline, guard or goroutine, not pool", "--mode", "pool")]
    [InlineData("--work takes blocking, sync-over-async or hanging, not nothing", "--work")]
    [InlineData("--callers takes a number from 1 to 10000, not 0", "--callers", "0")]
    [InlineData("--block-ms takes a number from 0 to 60000, not -1", "--block-ms", "-1")]
    [InlineData("--kill takes none, 1, 2 or 3, not 4", "--kill", "4")]
    [InlineData("silo 1 keeps the list of silos: kill 2 or 3, or have redis or postgres keep it", "--kill", "1")]
    [InlineData("--clustering redis needs --connection", "--clustering", "redis")]
    [InlineData("--connection is for --clustering redis or postgres", "--connection", "localhost")]
    [InlineData("unknown option --bogus", "--bogus")]
    [InlineData("what is goroutine? Everything is said by options", "goroutine")]
    public async Task Run_BadCommandLine_SaysWhyInOneLine(string message, params string[] arguments)
    {
        ChildProcess run = await RunAsync(arguments);
        Assert.Equal((2, "", $"Silos: {message}\n"), (run.ExitCode, run.Output, run.Error));
    }

    private static bool HasNothing(ChildProcess run) => Ledger().Match(run.Output).Groups[1].Value == "0";

    private static int Count(ChildProcess run, string what) =>
        run.Output.Split('\n').Count(line => line.Contains(what, StringComparison.Ordinal));

    private static Task<ChildProcess> RunAsync(params string[] arguments) => ChildProcess.RunProgramAsync("Silos.dll", arguments);

    [GeneratedRegex(@"(?m)^ledger holds: (\d+) acknowledged <= \d+ applied <= \d+ called, none twice$")]
    private static partial Regex Ledger();
}
