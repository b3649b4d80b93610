using Spectre.Console;
using Weft.Cli.Rendering;
using Weft.Cli.Results;
using Weft.Cli.Storm;
using Weft.Tests.Support;

namespace Weft.Tests.Cli;

[ReleaseIsEnough]
public sealed class RenderingTests
{
    [Theory]
    [InlineData(new int[0], 10, "")]
    [InlineData(new[] { 0, 0 }, 10, "▁▁")]
    [InlineData(new[] { 0, 50, 100 }, 10, "▁▄█")]
    [InlineData(new[] { 1, 100, 1, 1 }, 2, "█▁")]
    public void Sparkline_Draw_ShowsTheLargestOfEachShare(int[] values, int width, string drawn) =>
        Assert.Equal(drawn, Sparkline.Draw(values, width));

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

        StormResult pool = Storms.Result("threadpool", settle: null, elapsed: 16_800);
        StormTable.Write(console, Storms.Result("weft", settle: 5) with { Created = 900, Exited = 900, Reaped = 900, Threadpool = pool });

        Assert.Contains("900, 900, 900", text.ToString());
        Assert.Contains("not in time", text.ToString());
        Assert.Contains("200 ms with Weft, 16,800 ms with the ThreadPool: 84.0 times sooner.",
            text.ToString().ReplaceLineEndings(" ").Replace("  ", " "));
    }
}
