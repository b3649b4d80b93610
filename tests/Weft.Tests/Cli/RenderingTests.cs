using Spectre.Console;
using Weft.Cli.Rendering;
using Weft.Cli.Results;
using Weft.Cli.Storm;

namespace Weft.Tests.Cli;

public sealed class RenderingTests
{
    [Theory]
    [InlineData(new int[0], 10, "")]
    [InlineData(new[] { 0, 0 }, 10, "▁▁")]
    [InlineData(new[] { 0, 50, 100 }, 10, "▁▄█")]
    [InlineData(new[] { 1, 100, 1, 1 }, 2, "█▁")]
    public void Sparkline_Draw_ShowsTheLargestOfEachShare(int[] values, int width, string drawn) => Assert.Equal(drawn, Sparkline.Draw(values, width));

    [Theory]
    [InlineData(0.5, 50)]
    [InlineData(0.99, 99)]
    [InlineData(1, 100)]
    public void Percentile_OneToAHundred_IsTheNearestRank(double part, double value) =>
        Assert.Equal(value, Bystanders.Percentile([.. Enumerable.Range(1, 100).Select(i => (double)i)], part));

    [Fact]
    public void StormTable_BothEngines_ComparesThemInPlainWords()
    {
        using var text = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(text) });

        StormTable.Write(console, Result("weft", 200, 5) with { Created = 900, Exited = 900, Reaped = 900, Threadpool = Result("threadpool", 16_800, null) });

        Assert.Contains("900, 900, 900", text.ToString());
        Assert.Contains("not in time", text.ToString());
        Assert.Contains("200 ms with Weft, 16,800 ms with the ThreadPool: 84.0 times sooner.", text.ToString().ReplaceLineEndings(" ").Replace("  ", " "));
    }

    private static StormResult Result(string engine, double elapsed, double? settle) => new()
    {
        Engine = engine,
        Kind = "sleep",
        Goroutines = 1_000,
        BlockMs = 100,
        Procs = 2,
        MaxThreads = 10_000,
        ElapsedMs = elapsed,
        RoundsMs = [elapsed],
        BystanderMs = new BystanderResult(10, 0.1, 1, 2),
        Threads = new ThreadResult(10, 900, 11, settle),
        Machines = new MachineResult(890, 0),
        RssBytes = new MemoryResult(30_000_000, 50_000_000, 31_000_000),
        Lost = [],
    };
}
