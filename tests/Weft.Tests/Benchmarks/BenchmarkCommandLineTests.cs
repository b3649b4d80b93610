using System.Text.RegularExpressions;
using Weft.Tests.Docs;
using Weft.Tests.Support;

namespace Weft.Tests.Benchmarks;

[ReleaseIsEnough]
public sealed partial class BenchmarkCommandLineTests
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

    [Fact]
    public async Task List_WithoutAll_ShowsProcessorsForWhatTheReadmeStatesAlone()
    {
        ChildProcess run = await RunAsync("--list", "--filter", "storm-slim,spawn");
        Assert.All(Measured(run), each => Assert.NotEqual("-", each.Procs));
        run = await RunAsync("--list");
        (string Name, string Procs)[] stated = Measured(run);
        Assert.Contains(("spawn", "1,2"), stated);
        Assert.Contains(("storm-slim", "-"), stated);
        run = await RunAsync("--list", "--all");
        Assert.All(Measured(run), each => Assert.NotEqual("-", each.Procs));
    }

    [Fact]
    public async Task List_WhatTheReadmesTableIsMadeOf_IsStated()
    {
        Assert.SkipWhen(Repository.Documents.Length == 0, "The tests run on a machine without their source.");
        ChildProcess run = await RunAsync("--list");
        string[] stated = [.. Measured(run).Where(each => each.Procs != "-").Select(each => each.Name)];
        string[] rows =
        [
            .. Repository.Lines("scripts/update-readme-figures")
                .Select(line => ReadmeRow().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value).Distinct(),
        ];
        Assert.Equal(stated.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    private static (string Name, string Procs)[] Measured(ChildProcess run) =>
    [
        .. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(words => (words[0], words[1])),
    ];

    // A label, then the benchmark, perhaps with a figure's suffix, and the processors.
    [GeneratedRegex("""^    \(".+", "([a-z0-9-]+)(?:/[a-z0-9-]+)?", \d+, """)]
    private static partial Regex ReadmeRow();

    private static Task<ChildProcess> RunAsync(params string[] arguments) => ChildProcess.RunProgramAsync("Weft.Benchmarks.dll", arguments);
}
