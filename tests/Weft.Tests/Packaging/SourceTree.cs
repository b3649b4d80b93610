using System.Diagnostics;
using Weft.Tests.Docs;

namespace Weft.Tests.Packaging;

/// <summary>A copy of the sources that packages are made of, in a folder of its own.</summary>
internal sealed class SourceTree(string path)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(4);
    private static readonly string[] s_folders = ["assets", "build", "src"];

    // What a test run of the SDK says to its own child, which would mislead another build.
    private static readonly string[] s_foreignVariables =
    [
        "CI", "MSBuildExtensionsPath", "MSBuildSDKsPath", "MSBUILD_EXE_PATH", "MSBuildLoadMicrosoftTargetsReadOnly",
        "DOTNET_ROOT", "DOTNET_ROLL_FORWARD", "GIT_DIR",
    ];

    public string Path { get; } = path;

    /// <summary>Copies what lies in the working tree, committed or not.</summary>
    public static SourceTree Copy(string to)
    {
        IEnumerable<string> files = Directory.EnumerateFiles(Repository.Root)
            .Concat(s_folders.SelectMany(
                folder => Directory.EnumerateFiles(System.IO.Path.Combine(Repository.Root, folder), "*", SearchOption.AllDirectories)))
            .Where(file => !IsOutput(file));
        foreach (string file in files)
        {
            string copy = System.IO.Path.Combine(to, System.IO.Path.GetRelativePath(Repository.Root, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        // In a worktree this is a file that leads to the repository, which the copy is none of.
        File.Delete(System.IO.Path.Combine(to, ".git"));
        return new SourceTree(to);
    }

    public async Task<string> GitAsync(params string[] arguments) =>
        await RunAsync("git", ["-c", "user.name=Weft", "-c", "user.email=weft@weft.example", "-c", "commit.gpgSign=false", .. arguments]);

    /// <summary>Runs a command of the SDK. Neither a server nor a node of the build stays, which would keep the output open.</summary>
    public async Task<string> DotnetAsync(params string[] arguments) => await RunAsync(
        "dotnet",
        [
            arguments[0], "-nologo", "-v:m", "-tl:off", "-nodeReuse:false", "-p:UseSharedCompilation=false", "-p:RunAnalyzers=false",
            .. arguments[1..],
        ]);

    /// <summary>Both packages, and their symbols, in the folder "packages" below.</summary>
    public Task<string> PackAsync(string project, params string[] more) =>
        DotnetAsync(["pack", "-c", "Release", System.IO.Path.Combine("src", project), "-o", "packages", .. more]);

    private static bool IsOutput(string file)
    {
        string[] parts = System.IO.Path.GetRelativePath(Repository.Root, file).Split(System.IO.Path.DirectorySeparatorChar);
        return parts.Contains("bin") || parts.Contains("obj");
    }

    private async Task<string> RunAsync(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in s_foreignVariables)
            start.Environment[name] = null;
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        using Process process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(s_limit);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
            Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            string said = await output + await error;
            return process.ExitCode == 0 ? said : throw new InvalidOperationException(
                $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {said}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} took more than {s_limit.TotalMinutes} minutes.");
        }
    }
}
