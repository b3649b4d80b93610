using System.Diagnostics;
using System.Globalization;
using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Harness;

/// <summary>One sample in one process: both ends of it.</summary>
internal static class Child
{
    // Longer than any sample should take; the slowest, the ThreadPool's storm, takes 17 s.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(90);

    /// <summary>Takes the sample asked for in this process and prints it.</summary>
    public static int Serve(string name, Options options)
    {
        IBenchmark benchmark = Catalog.All.Single(benchmark => benchmark.Name == name);
        Contender contender = benchmark.Contenders.Single(contender => contender.Name == options.Contender);
        Sample sample = contender.Body!(new Run(options.Procs, options.Quick));
        Console.Out.WriteLine(sample.Serialize());
        Console.Out.Flush();

        // Goroutines that sleep for an hour are nothing to wait for.
        Environment.Exit(0);
        return 0;
    }

    /// <summary>Starts a process that takes the sample; null and the reason when it fails.</summary>
    public static Sample? Take(IBenchmark benchmark, Contender contender, Run run, PeerPrograms programs, out string failure)
    {
        using Process process = new() { StartInfo = Command(benchmark, contender, run, programs) };
        process.StartInfo.RedirectStandardOutput = true;
        process.StartInfo.RedirectStandardError = true;
        process.Start();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(s_limit))
        {
            process.Kill(entireProcessTree: true);
            failure = $"took more than {s_limit.TotalSeconds:0} s";
            return null;
        }

        string[] lines = output.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (process.ExitCode != 0 || lines.Length == 0)
        {
            failure = $"exit code {process.ExitCode}: {FirstLine(errors.Result)}";
            return null;
        }

        failure = "";
        return Sample.Parse(lines[^1]);
    }

    private static ProcessStartInfo Command(IBenchmark benchmark, Contender contender, Run run, PeerPrograms programs)
    {
        if (contender is { Body: null, Program: { } program })
            return new ProcessStartInfo(programs.Find(program, out _)!, contender.Arguments(run));

        // The apphost runs itself again; under `dotnet Weft.Benchmarks.dll` the host needs to be told what to run.
        string host = Environment.ProcessPath!;
        string prefix = Path.GetFileNameWithoutExtension(host) == "dotnet" ? $"\"{typeof(Child).Assembly.Location}\" " : "";
        string quick = run.Quick ? " --quick" : "";
        ProcessStartInfo command = new(host, $"{prefix}--child {benchmark.Name} --contender {contender.Name} --procs {run.Procs}{quick}");
        if (!contender.IsWeft && run.Procs < Environment.ProcessorCount)
            command.Environment[TaskPool.ProcessorCountVariable] = run.Procs.ToString(CultureInfo.InvariantCulture);
        return command;
    }

    private static string FirstLine(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault("no output");
}
