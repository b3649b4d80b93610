using System.Diagnostics;
using System.Globalization;

namespace Weft.FieldTests.Support;

/// <summary>Runs a mode of Weft.FieldChild in a <see cref="Place"/> and keeps what it said.</summary>
internal sealed record ChildProgram(int ExitCode, string Output, string Error)
{
    /// <summary>Environment variable: how often each program is run.</summary>
    internal const string RunsVariable = "WEFT_FIELD_RUNS";

    // As often as the time of a whole test run allows: what fails once in ten times is not found by it.
    private const int DefaultRuns = 2;

    // What a program needs is a second or two; a crash writes a report, which takes a while on a busy machine.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private static readonly int s_runs = ReadRuns();

    /// <summary>The last line that the program printed.</summary>
    internal string LastLine => Output.TrimEnd('\n').Split('\n')[^1];

    /// <summary>
    /// Runs a mode as often as <see cref="RunsVariable"/> says; each run must end well and with <paramref name="lastLine"/>.
    /// </summary>
    internal static async Task HoldsAsync(Place place, string lastLine, string mode, params object[] arguments)
    {
        for (int i = 1; i <= s_runs; i++)
        {
            ChildProgram child = await RunAsync(place, mode, arguments);
            Assert.True(
                child.ExitCode == 0 && child.LastLine == lastLine,
                $"Run {i} of {s_runs} of '{mode} {string.Join(' ', arguments)}' under '{string.Join(' ', place.Command)}' "
                + $"was to print '{lastLine}': {child}");
        }
    }

    /// <summary>Runs a mode once.</summary>
    internal static async Task<ChildProgram> RunAsync(Place place, string mode, params object[] arguments)
    {
        place.RequireOrSkip();
        string program = Path.Combine(AppContext.BaseDirectory, "Weft.FieldChild.dll");
        string dotnet = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";

        // No core files; and only then into the place, so that the shell is not in it.
        string[] command = ["-c", "ulimit -c 0; exec \"$@\"", "sh", .. place.Command, dotnet, program, mode];
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string word in command)
            start.ArgumentList.Add(word);
        foreach (object argument in arguments)
            start.ArgumentList.Add(Convert.ToString(argument, CultureInfo.InvariantCulture)!);
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        start.Environment["WEFT_DEBUG"] = null;

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(s_limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException(
                $"'{string.Join(' ', command)}' took more than {s_limit.TotalSeconds} s: {await output}{await error}");
        }

        return new ChildProgram(process.ExitCode, await output, await error);
    }

    private static int ReadRuns()
    {
        string? text = Environment.GetEnvironmentVariable(RunsVariable);
        if (string.IsNullOrEmpty(text))
            return DefaultRuns;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int runs) && runs > 0
            ? runs
            : throw new InvalidOperationException($"{RunsVariable} is '{text}', which is no number of runs.");
    }
}
