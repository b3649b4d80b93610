using System.ComponentModel;
using System.Diagnostics;

namespace Weft.Samples.HashTree;

/// <summary>Hashes every file of a directory tree, with blocking reads on goroutines.</summary>
internal static class Program
{
    private const int Failed = 1;
    private const int BadUsage = 2;
    private const int Interrupted = 130; // as a shell reports a program that Ctrl+C ended

    private static int Main(string[] args)
    {
        if (Options.Parse(args, out string error) is not { } options)
        {
            Console.Error.WriteLine($"HashTree: {error}");
            return BadUsage;
        }

        if (options.Help)
        {
            Console.WriteLine(Options.Usage);
            return 0;
        }

        using var interrupt = new CancellationTokenSource();
        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = true;
            interrupt.Cancel();
        };
        try
        {
            return Go.Run(() => HashAsync(options, interrupt.Token));
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("HashTree: interrupted");
            return Interrupted;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Win32Exception)
        {
            Console.Error.WriteLine($"HashTree: {e.Message}");
            return Failed;
        }
    }

    private static async Task<int> HashAsync(Options options, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        var digests = new List<FileDigest>();
        int failed = 0;
        await using var output = new StreamWriter(Console.OpenStandardOutput());
        await foreach (FileDigest digest in TreeHasher.HashAsync(options.Root, options.Workers, cancellationToken))
        {
            if (digest.Error is not null)
            {
                failed++;
                Console.Error.WriteLine($"HashTree: {digest.Path}: {digest.Error.Message}");
                continue;
            }

            digests.Add(digest);
            if (!options.Check)
                output.WriteLine($"{digest.Sha256}  {digest.Path}");
        }

        Report(digests, Stopwatch.GetElapsedTime(start));
        bool agree = !options.Check || Agree(digests, cancellationToken);
        return failed == 0 && agree ? 0 : Failed;
    }

    private static void Report(List<FileDigest> digests, TimeSpan elapsed)
    {
        double megabytes = digests.Sum(digest => digest.Length) / 1e6;
        SchedulerStatistics statistics = Scheduler.Default.Statistics;
        Console.Error.WriteLine(
            $"{digests.Count:N0} files, {megabytes:N1} MB in {elapsed.TotalSeconds:N2} s ({megabytes / elapsed.TotalSeconds:N0} MB/s); "
            + $"{statistics.ThreadsCreated} threads made, {statistics.Threads} alive");
    }

    private static bool Agree(List<FileDigest> digests, CancellationToken cancellationToken)
    {
        // Without the empty ones: they may be pipes, on which sha256sum would wait for ever.
        FileDigest[] checkable = [.. digests.Where(digest => digest.Length > 0)];
        Dictionary<string, string> expected = Sha256Sum.Of(checkable.Select(digest => digest.Path), cancellationToken);
        FileDigest[] wrong = [.. checkable.Where(digest => expected.GetValueOrDefault(digest.Path) != digest.Sha256)];
        foreach (FileDigest digest in wrong)
        {
            string other = expected.GetValueOrDefault(digest.Path) ?? "nothing";
            Console.Error.WriteLine($"HashTree: {digest.Path}: {digest.Sha256}, but sha256sum says {other}");
        }

        Console.WriteLine($"{checkable.Length - wrong.Length} of {checkable.Length} digests equal sha256sum's");
        return wrong.Length == 0;
    }
}
