using Weft.Tests.Support;

namespace Weft.Tests.Samples;

public sealed class NetNamespacesTests
{
    [Fact]
    public async Task Run_Create_NoThreadStaysAndNoneInherits()
    {
        if (!Environment.IsPrivilegedProcess)
            Assert.Skip("only root may make network namespaces");
        ChildProcess run = await RunAsync("--create", "5");
        if (run.Error.Contains("Operation not permitted", StringComparison.Ordinal))
            Assert.Skip("this system lets not even root make network namespaces");
        if (run.Error.Contains("iproute2", StringComparison.Ordinal))
            Assert.Skip("needs iproute2");
        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Equal(5, run.Output.Split('\n').Count(line => line.StartsWith("  weft-", StringComparison.Ordinal)));
        Assert.Contains("of these threads, still alive: none\n", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^threads of this process outside net:\[\d+\]: none$", run.Output);
        Assert.Matches(@"(?m)^later threads outside net:\[\d+\]: none$", run.Output);
    }

    [Theory]
    [InlineData("--create takes a number from 1 to 1000, not 0", "--create", "0")]
    [InlineData("--create takes a number from 1 to 1000, not nothing", "--create")]
    [InlineData("unknown option -x", "-x")]
    [InlineData("there is no network namespace called 'no-such' in /run/netns", "no-such")]
    [InlineData("there is no network namespace called '../netns' in /run/netns", "../netns")]
    [InlineData("there is no network namespace called '' in /run/netns", "")]
    [InlineData("give names or --create, not both", "a", "--create", "1")]
    public async Task Run_BadCommandLine_SaysWhyInOneLine(string message, params string[] arguments)
    {
        ChildProcess run = await RunAsync(arguments);
        Assert.Equal((2, "", $"NetNamespaces: {message}\n"), (run.ExitCode, run.Output, run.Error));
    }

    private static Task<ChildProcess> RunAsync(params string[] arguments) => ChildProcess.RunProgramAsync("NetNamespaces.dll", arguments);
}
