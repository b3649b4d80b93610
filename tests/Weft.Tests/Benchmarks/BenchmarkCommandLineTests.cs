using Weft.Tests.Docs;
using Weft.Tests.Support;

namespace Weft.Tests.Benchmarks;

public sealed class BenchmarkCommandLineTests
{
    [Theory]
    [InlineData("'nonsense' is no option; --help names them.", "nonsense")]
    [InlineData("--bogus is no option; --help names them.", "--bogus")]
    [InlineData("--bogus is no option; --help names them.", "--bogus", "1")]
    [InlineData("--rounds lacks its value; --help says which.", "--rounds")]
    [InlineData("--rounds wants a whole number from 1 to 100, not '0'.", "--rounds", "0")]
    [InlineData("--rounds wants a whole number from 1 to 100, not '101'.", "--rounds", "101")]
    [InlineData("--rounds wants a whole number from 1 to 100, not 'many'.", "--rounds", "many")]
    [InlineData("No benchmark is called 'nothing-like-it'; --list names them.", "--filter", "nothing-like-it")]
    [InlineData("No benchmark is called ''; --list names them.", "--filter", "")]
    [InlineData("No benchmark is called 'spawn,'; --list names them.", "--filter", "spawn,")]
    [InlineData("--json: there is no directory '/no/such'.", "--list", "--json", "/no/such/file")]
    [InlineData("--markdown wants a file, not '/'.", "--list", "--markdown", "/")]
    [InlineData("No benchmark is called 'nothing'; --list names them.", "--child", "nothing")]
    [InlineData("spawn has no contender 'go' that runs in a process of this program.", "--child", "spawn", "--contender", "go")]
    public async Task Run_BadCommandLine_SaysWhyInOneLine(string message, params string[] arguments)
    {
        ChildProcess run = await RunAsync(arguments);
        Assert.Equal((2, "", $"Weft.Benchmarks: {message}\n"), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task List_OfAFilter_NamesThoseBenchmarks()
    {
        ChildProcess run = await RunAsync("--list", "--filter", "osthread,chan-ring");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(
            ["osthread", "chan-ring"], run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0]));
    }

    [Fact]
    public async Task List_EveryBenchmark_IsExplainedInTheDocuments()
    {
        Assert.SkipWhen(Repository.Documents.Length == 0, "The tests run on a machine without their source.");
        ChildProcess run = await RunAsync("--list");
        string explained = string.Join('\n', Repository.Lines("docs/benchmarks.md"));
        Assert.All(
            run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0]),
            name => Assert.Contains($"`{name}", explained));
    }

    private static Task<ChildProcess> RunAsync(params string[] arguments) => ChildProcess.RunProgramAsync("Weft.Benchmarks.dll", arguments);
}
