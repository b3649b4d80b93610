using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Measure;
using Weft.Threads;

namespace Weft.Benchmarks.Suite;

/// <summary>Whether threads leave anything behind: what a process holds after many, against what it held after some.</summary>
internal sealed class ThreadChurn : IBenchmark
{
    // Several at a time, so that the stack pool and the reaper have something to do.
    private const int AtOnce = 20;

    public string Name => "thread-churn";

    public string Summary => "RSS, mappings and handles after 100,000 threads, against after the first 10,000";

    public IReadOnlyList<Figure> Figures =>
    [
        new("rss_ratio", "x") { Targets = [new Target(null, 1.1, 1.05)] },
        new("mappings_more", "mappings", "mappings") { Targets = [new Target(null, 10, 0)] },
        new("handles_more", "handles", "handles") { Targets = [new Target(null, 2, 0)] },
        new("us", "us", "each"),
    ];

    public IReadOnlyList<Contender> Contenders => [Contender.Managed(Contender.Weft, OnWeft)];

    private static Sample OnWeft(Run run)
    {
        int many = run.Quick ? 10_000 : 100_000;
        int some = many / 10;
        Churn(some);
        (double rss, int mappings, int handles) = Read();
        long start = Clock.Now;
        Churn(many - some);
        double each = Clock.MicrosecondsSince(start) / (many - some);
        (double rssAfter, int mappingsAfter, int handlesAfter) = Read();
        return new Sample
        {
            ["rss_ratio"] = rssAfter / rss,
            ["mappings_more"] = mappingsAfter - mappings,
            ["handles_more"] = handlesAfter - handles,
            ["us"] = each,
        };
    }

    private static void Churn(int count)
    {
        OSThread[] threads = new OSThread[AtOnce];
        for (int i = 0; i < count; i += AtOnce)
        {
            for (int j = 0; j < AtOnce; j++)
                threads[j] = OSThread.Start(static () => { });
            foreach (OSThread thread in threads)
                thread.Join();
        }
    }

    private static (double Rss, int Mappings, int Handles) Read()
    {
        // The collector lets garbage pile up to its budget between two collections: that is no leak.
        Proc.CollectAndTrim();
        return (Proc.Rss, Proc.Mappings, Proc.Handles);
    }
}
