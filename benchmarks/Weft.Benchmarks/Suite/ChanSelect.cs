using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Suite;

/// <summary>A select over several channels, one of which is sent to at a time. .NET has nothing like it.</summary>
internal sealed class ChanSelect(int channels) : IBenchmark
{
    private const int Count = 50_000;

    public string Name => $"chan-select-{channels}";

    public string Summary => $"a select over {channels} unbuffered channels that another goroutine sends to in turn";

    public IReadOnlyList<Figure> Figures => [new("ns", "ns") { Targets = [new Target("go", 0.7, 0.4)] }];

    public IReadOnlyList<int> Procs => [1, 2];

    public IReadOnlyList<int> StatedProcs => channels == 4 ? [1] : [];

    public IReadOnlyList<Contender> Contenders =>
    [
        Contender.Managed(Contender.Weft, run => new Sample { ["ns"] = Loops.OnWeft(run.Procs, OnWeft) }),
        Contender.Go(_ => $"select -count {Count} -channels {channels}"),
    ];

    private async GoroutineBody<double> OnWeft()
    {
        Chan<int>[] each = [.. Enumerable.Range(0, channels).Select(_ => new Chan<int>())];
        var select = new Select();
        foreach (Chan<int> channel in each)
            select.Receive(channel);
        long start = Clock.Now;
        Go.Start(async () =>
        {
            for (int i = 0; i < Count; i++)
                await each[i % channels].SendAsync(i);
        });
        for (int i = 0; i < Count; i++)
            await select.WaitAsync();
        return Clock.NanosecondsSince(start) / (double)Count;
    }
}
