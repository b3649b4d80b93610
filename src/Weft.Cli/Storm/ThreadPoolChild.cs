using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Weft.Cli.CommandLine;
using Weft.Cli.Results;
using Weft.Cli.Sampling;

namespace Weft.Cli.Storm;

/// <summary>
/// Does a storm's work on the ThreadPool in a process of its own, so that neither engine finds what the other left behind.
/// </summary>
internal static class ThreadPoolChild
{
    private static readonly TimeSpan s_timeBetweenShows = TimeSpan.FromMilliseconds(100);

    public static StormResult? Run(StormOptions options, Action<StormProgress> show, Verdict verdict)
    {
        using Process child =
            Process.Start(new ProcessStartInfo(Environment.ProcessPath!, Arguments(options)) { RedirectStandardOutput = true })!;
        Task<string> output = child.StandardOutput.ReadToEndAsync();
        long started = Stopwatch.GetTimestamp();
        while (!child.WaitForExit(s_timeBetweenShows))
        {
            var sample = new ProcessSample(ThreadsOf(child), 0, 0);
            show(new StormProgress("the same on the ThreadPool", Stopwatch.GetElapsedTime(started), null, sample, null));
        }

        child.WaitForExit();
        StormResult? result = StormJson.TryRead(output.Result);
        verdict.JudgeComparison(result, child.ExitCode);
        return result;
    }

    private static List<string> Arguments(StormOptions options)
    {
        List<string> arguments =
        [
            "storm", "--json",
            "--engine", StormOptions.NameOf(StormEngine.ThreadPool),
            "--kind", StormOptions.NameOf(options.Kind),
            "--goroutines", options.Goroutines.ToString(CultureInfo.InvariantCulture),
            "--block", new Duration(options.Block).ToString(),
            "--procs", options.Procs.ToString(CultureInfo.InvariantCulture),
            "--max-threads", options.MaxThreads.ToString(CultureInfo.InvariantCulture),
            "--rounds", options.Rounds.ToString(CultureInfo.InvariantCulture),
            "--settle", new Duration(options.Settle).ToString(),
        ];
        if (options.Path is not null)
            arguments.AddRange(["--path", options.Path]);

        // Started through the dotnet command, the process needs to be told which program it is.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            arguments.Insert(0, Path.Combine(AppContext.BaseDirectory, Assembly.GetExecutingAssembly().GetName().Name + ".dll"));
        return arguments;
    }

    private static int ThreadsOf(Process child)
    {
        try
        {
            child.Refresh();
            return child.Threads.Count;
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or System.ComponentModel.Win32Exception)
        {
            return 0;
        }
    }
}
