using Weft.Tests.Support;

namespace Weft.Tests.Cli;

/// <summary>The <c>weft</c> command as a user has it: a process, its output and its exit code.</summary>
internal static class WeftProgram
{
    internal static Task<ChildProcess> RunAsync(params string[] arguments) => ChildProcess.RunProgramAsync("Weft.Cli.dll", arguments);

    /// <summary>The same with variables in its environment.</summary>
    internal static Task<ChildProcess> RunWithAsync((string Name, string? Value)[] environment, params string[] arguments) =>
        ChildProcess.RunCoreAsync("Weft.Cli.dll", environment, arguments);
}
