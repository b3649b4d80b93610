using System.Diagnostics;
using Weft.Tests.Support;

namespace Weft.Tests.Runtime.Watching;

/// <summary>Programs that wait for something outside are healthy, however late it comes. The kinds are in Weft.TestChild.</summary>
public sealed class DeadlockOutsideEventTests
{
    // The programs sleep for most of their time: they do it at once, from the first test on.
    private static readonly Dictionary<string, Task<ChildProcess>> s_settings =
        new[] { "", "DOTNET_gcServer", "DOTNET_gcConservative" }.ToDictionary(
            setting => setting,
            setting => ChildProcess.RunCoreAsync("Weft.TestChild.dll", setting == "" ? [] : [(setting, "1")], ["outside-events"]));

    private static readonly Dictionary<string, Task<ChildProcess>> s_kinds =
        new[] { "finalizer", "watcher" }.ToDictionary(kind => kind, kind => ChildProcess.RunAsync("outside-events", kind));

    [Theory]
    [InlineData("")]
    [InlineData("DOTNET_gcServer")]
    [InlineData("DOTNET_gcConservative")]
    public async Task Run_TheFirstEventComesLate_IsNoDeadlockAndNobodyIsFoundLeaked(string setting)
    {
        ChildProcess child = await s_settings[setting];
        string[] lines = child.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines[..^1], static line => Assert.EndsWith(": woken", line, StringComparison.Ordinal));
        Assert.InRange(lines.Length - 1, 25, 100);
        Assert.Equal($"{lines.Length - 1} of {lines.Length - 1} woken, searched", lines[^1]);
    }

    [Theory]
    [InlineData("finalizer", "searched")]
    [InlineData("watcher", "not searched")]
    public async Task Run_TheFirstEventOfAKindComesLate_IsNoDeadlock(string kind, string search)
    {
        ChildProcess child = await s_kinds[kind];
        Assert.Equal($"{kind}: woken\n1 of 1 woken, {search}\n", child.Output);
    }

    [Fact]
    public async Task Run_ALineOnTheConsoleComesLate_IsNoDeadlock()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Weft.TestChild.dll"));
        start.ArgumentList.Add("outside-events");
        start.ArgumentList.Add("console");
        using Process child = Process.Start(start)!;
        Task<string> output = child.StandardOutput.ReadToEndAsync();
        await Task.Delay(TimeSpan.FromSeconds(4));
        await child.StandardInput.WriteLineAsync();
        Assert.Equal("console: woken\n1 of 1 woken, searched\n", await output.WaitAsync(Limits.Hang));
    }

    [Fact]
    public async Task Run_UnderServerCollection_FindsADeadlock()
    {
        ChildProcess child =
            await ChildProcess.RunCoreAsync("Weft.TestChild.dll", [("DOTNET_gcServer", "1")], ["chan-deadlock", "receive"]);
        Assert.Equal(3, child.ExitCode);
    }
}
