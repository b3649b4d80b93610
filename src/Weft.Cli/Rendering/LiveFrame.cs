using Spectre.Console;
using Spectre.Console.Rendering;
using Weft.Cli.Storm;
using Weft.Cli.Storm.Engines;

namespace Weft.Cli.Rendering;

/// <summary>What the live display shows of a storm at one moment, and the number of threads from the start until then.</summary>
internal sealed class LiveFrame(StormOptions options)
{
    private const int SparklineWidth = 50;

    private readonly List<int> _threads = [];
    private StormProgress? _progress;

    public void Update(StormProgress progress)
    {
        if (progress.Figures is null && _progress?.Figures is not null)
            _threads.Clear();
        _threads.Add(progress.Sample.Threads);
        _progress = progress;
    }

    public IRenderable Render()
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(2)).AddColumn(new GridColumn().NoWrap());
        Add(grid, "weft storm", StormWords.Describe(options));
        if (_progress is not { } now)
            return grid;
        Add(grid, "now", $"{now.Phase}, {now.Elapsed.TotalSeconds:0.0} s");
        if (now.GoroutinesLeft is { } left)
            Add(grid, "goroutines", $"{left:N0} blocked or waiting");
        Add(grid, "threads",
            $"{now.Sample.Threads:N0} in the process" + (now.Figures is null ? "" : $", {now.Sample.Machines:N0} of the scheduler"));
        if (now.Figures is { } figures)
            AddFigures(grid, figures);
        Add(grid, "over time", Sparkline.Draw(_threads, SparklineWidth));
        return grid;
    }

    private static void AddFigures(Grid grid, EngineFigures figures)
    {
        Add(grid, "", $"{figures.Running:N0} running, {figures.Blocked:N0} blocked, {figures.Idle:N0} idle");
        Add(grid, "", $"{figures.Created:N0} created, {figures.Exited:N0} exited, {figures.Reaped:N0} reaped");
        Add(grid, "stacks", $"{StormWords.Mebibytes(figures.StackBytes)} mapped");
    }

    private static void Add(Grid grid, string label, string text) => grid.AddRow(new Text(label), new Text(text));
}
