using System.Threading.Channels;
using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Suite;

/// <summary>A walker feeds the names of all regular files of a tree to workers, which read each with blocking reads and hash it.</summary>
internal sealed class HashTree(bool readOnly) : IBenchmark
{
    private const string Root = "/usr/share";
    private const int Workers = 64;
    private const int QueuedNames = 1024;

    public string Name => readOnly ? "read-tree" : "hash-tree";

    public string Summary => readOnly
        ? "hash-tree without the hash: walking, opening, reading"
        : $"SHA-256 of every file of {Root}, blocking reads";

    public IReadOnlyList<Figure> Figures => [new("elapsed_ms", "ms") { Targets = readOnly ? [] : [new Target("go", 1.0, 0.8)] }];

    public IReadOnlyList<Contender> Contenders =>
    [
        Contender.Managed(Contender.Weft, OnWeft),
        Contender.Go(_ => $"hash-tree -path {Root} -workers {Workers}{(readOnly ? " -read-only" : "")}"),
        Contender.Managed("task", OnTasks),
    ];

    public IReadOnlyList<int> StatedProcs => readOnly ? [] : [Environment.ProcessorCount];

    public bool Slow => true;

    // The first pass compiles the code and fills the page cache.
    private Sample OnWeft(Run run)
    {
        using Scheduler scheduler = new(new SchedulerOptions { MaxProcs = run.Procs });
        return Measure(root => scheduler.Start(() => Walk(root, body => Go.Start(body))).Task.GetAwaiter().GetResult());
    }

    private Sample OnTasks(Run run) =>
        Measure(root => Task.Run(() => Walk(root, body => Task.Run(body))).GetAwaiter().GetResult());

    private static Sample Measure(Func<string, FileTotal> hash)
    {
        hash(Root);
        long start = Clock.Now;
        FileTotal sum = hash(Root);
        return new Sample { Check = sum.ToString(), ["elapsed_ms"] = Clock.MillisecondsSince(start), ["files"] = sum.Files };
    }

    private async Task<FileTotal> Walk(string root, Action<Func<Task>> start)
    {
        Channel<string> names = Channel.CreateBounded<string>(new BoundedChannelOptions(QueuedNames) { SingleWriter = true });
        FileTotal[] totals = [.. Enumerable.Range(0, Workers).Select(_ => new FileTotal(!readOnly))];
        Countdown left = new(Workers);
        foreach (FileTotal total in totals)
            start(() => Work(names.Reader, total, left));
        foreach (string name in FileTotal.Enumerate(root))
        {
            if (!names.Writer.TryWrite(name))
                await names.Writer.WriteAsync(name);
        }

        names.Writer.Complete();
        await left.Done;
        return FileTotal.Sum(totals);
    }

    private static async Task Work(ChannelReader<string> names, FileTotal total, Countdown left)
    {
        using (total)
        {
            while (await names.WaitToReadAsync())
            {
                while (names.TryRead(out string? name))
                    total.Add(name);
            }
        }

        left.Signal();
    }
}
