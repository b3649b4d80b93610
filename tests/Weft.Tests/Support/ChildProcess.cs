using System.ComponentModel;
using System.Diagnostics;

namespace Weft.Tests.Support;

/// <summary>Runs a command of Weft.TestChild, or another program beside the tests, and keeps what it said.</summary>
internal sealed record ChildProcess(int ExitCode, string Output, string Error)
{
    // A crash writes a report, which takes a while on a busy machine.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    internal static Task<ChildProcess> RunAsync(params string[] arguments) => RunProgramAsync("Weft.TestChild.dll", arguments);

    /// <summary>Runs a command of Weft.TestChild with WEFT_DEBUG set to <paramref name="debug"/>.</summary>
    internal static Task<ChildProcess> RunWithDebugAsync(string debug, params string[] arguments) =>
        RunCoreAsync("Weft.TestChild.dll", [("WEFT_DEBUG", debug)], arguments);

    internal static Task<ChildProcess> RunProgramAsync(string program, params string[] arguments) =>
        RunCoreAsync(program, [], arguments);

    /// <summary>Runs a command of Weft.TestChild as the last arguments of another program, such as unshare; none: as it is.</summary>
    internal static Task<ChildProcess> RunUnderAsync(string[] under, params string[] arguments) =>
        RunCommandAsync([.. under, .. CommandOf("Weft.TestChild.dll", arguments)], []);

    /// <summary>Why a program cannot be run to success, or null if it can.</summary>
    internal static async Task<string?> WhyNotAsync(string[] command)
    {
        try
        {
            ChildProcess child = await RunCommandAsync(command, []);
            return child.ExitCode == 0 ? null : $"{command[0]} ended with {child.ExitCode}. {child.Error}";
        }
        catch (Win32Exception e)
        {
            return e.Message;
        }
    }

    internal static Task<ChildProcess> RunCoreAsync(string program, (string Name, string? Value)[] environment, string[] arguments) =>
        RunCommandAsync(CommandOf(program, arguments), environment);

    private static string[] CommandOf(string program, string[] arguments)
    {
        string dotnet = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        return [dotnet, Path.Combine(AppContext.BaseDirectory, program), .. arguments];
    }

    internal static async Task<ChildProcess> RunCommandAsync(string[] command, (string Name, string? Value)[] environment)
    {
        var start = new ProcessStartInfo(command[0])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in command[1..])
            start.ArgumentList.Add(argument);
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        start.Environment["WEFT_DEBUG"] = null;
        foreach ((string name, string? value) in environment)
            start.Environment[name] = value;

        using Process process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(s_limit);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
            Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return new ChildProcess(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"The child '{string.Join(' ', command)}' took more than {s_limit.TotalSeconds} s.");
        }
    }
}
