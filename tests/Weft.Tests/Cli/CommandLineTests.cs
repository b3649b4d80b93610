using Weft.Tests.Support;

namespace Weft.Tests.Cli;

[ReleaseIsEnough]
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("", "--help")]
    [InlineData("thunder", "thunder")]
    [InlineData("storm --thunder", "--thunder")]
    [InlineData("storm 5", "5")]
    [InlineData("storm --goroutines", "--goroutines")]
    [InlineData("storm --goroutines 0", "--goroutines")]
    [InlineData("storm --goroutines many", "--goroutines")]
    [InlineData("storm --goroutines 9999999999", "--goroutines")]
    [InlineData("storm --block 100", "--block")]
    [InlineData("storm --block -1s", "--block")]
    [InlineData("storm --kind wind", "--kind")]
    [InlineData("storm --kind file", "--path")]
    [InlineData("storm --kind file --path /no/such/directory", "--path")]
    [InlineData("storm --path /tmp", "--path")]
    [InlineData("storm --rounds 0", "--rounds")]
    [InlineData("storm --procs 1025", "--procs")]
    [InlineData("storm --max-threads 3", "--max-threads")]
    [InlineData("storm --vs go", "--vs")]
    [InlineData("storm --settle soon", "--settle")]
    public async Task Weft_BadCommandLine_SaysWhyOnOneLineAndEndsWithTwo(string line, string named)
    {
        ChildProcess weft = await WeftProgram.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(2, weft.ExitCode);
        Assert.Equal("", weft.Output);
        Assert.Matches(@"\Aweft[^\n]*\n\z", weft.Error);
        Assert.Contains(named, weft.Error);
    }

    [Theory]
    [InlineData("thun der", "thun\nder")]
    [InlineData("--block", "storm", "--block", "1\r\n0ms")]
    [InlineData("'/no such/directory'", "storm", "--kind", "file", "--path", "/no\nsuch/directory")]
    public async Task Weft_BadCommandLineWithLineEnds_SaysWhyOnOneLine(string named, params string[] arguments)
    {
        ChildProcess weft = await WeftProgram.RunAsync(arguments);

        Assert.Equal((2, ""), (weft.ExitCode, weft.Output));
        Assert.Matches(@"\Aweft[^\r\n]*\n\z", weft.Error);
        Assert.Contains(named, weft.Error);
    }

    [Fact]
    public async Task Version_OptionAndCommand_NameTheSameVersion()
    {
        ChildProcess option = await WeftProgram.RunAsync("--version");
        ChildProcess command = await WeftProgram.RunAsync("version");

        Assert.Matches(@"\A\d+\.\d+\.\d+\S*\n\z", option.Output);
        Assert.StartsWith($"weft {option.Output.Trim()} on .NET ", command.Output);
    }

    [Fact]
    public async Task StormHelp_EveryOption_SaysItsUnitAndDefault()
    {
        ChildProcess help = await WeftProgram.RunAsync("storm", "--help");

        Assert.Equal(0, help.ExitCode);
        string[] options =
            ["--goroutines", "--block", "--kind", "--path", "--rounds", "--procs", "--max-threads", "--vs", "--settle", "--json"];
        foreach (string option in options)
            Assert.Contains(option, help.Output);
        Assert.Contains("[default: 100ms]", help.Output);
        Assert.Contains("[default: 1000]", help.Output);
        Assert.Contains("units: us, ms, s, m", help.Output);
        Assert.DoesNotContain("--engine", help.Output);
    }
}
