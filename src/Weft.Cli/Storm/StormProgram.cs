using Weft.Cli.CommandLine;
using Weft.Cli.Rendering;
using Weft.Cli.Results;
using Weft.Cli.Storm.Work;

namespace Weft.Cli.Storm;

/// <summary>What <c>weft storm</c> does with a checked command line.</summary>
internal static class StormProgram
{
    public static int Run(StormOptions options)
    {
        using StormWork work = StormWork.Create(options);
        if (work.Goroutines == 0)
            return WeftCommand.Refuse("weft storm", $"--path: there is no regular file below '{options.Path}'");

        var verdict = new Verdict(options.Settle);
        StormResult result = StormView.Show(options, show =>
        {
            StormResult result = new StormRun(options, work, show).Run();
            if (work is FileWork files)
                result = result with { Files = Check(files) };
            verdict.Judge(result);
            return options.CompareWithThreadPool ? result with { Threadpool = ThreadPoolChild.Run(options, show, verdict) } : result;
        });

        if (options.Json)
            Console.WriteLine(StormJson.Write(result));
        else
            StormTable.Write(result);
        // Those of a child its parent finds in the result.
        foreach (string complaint in options.Engine == StormEngine.ThreadPool ? [] : verdict.Complaints)
            Console.Error.WriteLine($"weft storm: {complaint}");
        return verdict.Complaints.Count == 0 ? ExitCodes.Success : ExitCodes.Failure;
    }

    private static FileResult Check(FileWork work) => new(
        work.Digests.Count(static digest => digest is not null),
        work.Bytes,
        work.Unreadable,
        Sha256Sum.CountMatches(work.Paths, work.Digests));
}
