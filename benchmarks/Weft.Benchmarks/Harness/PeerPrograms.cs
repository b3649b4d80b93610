using System.Diagnostics;

namespace Weft.Benchmarks.Harness;

/// <summary>Peers that are programs of their own, built here when their compiler is there.</summary>
internal enum PeerProgram
{
    Go,
    C,
}

/// <summary>Builds peer programs, each once, on first use.</summary>
internal sealed class PeerPrograms(TextWriter progress)
{
    private readonly Dictionary<PeerProgram, (string? Path, string Reason)> _built = [];

    /// <summary>The program's path, or null and why there is none.</summary>
    public string? Find(PeerProgram program, out string reason)
    {
        if (!_built.TryGetValue(program, out (string? Path, string Reason) built))
        {
            built = program == PeerProgram.Go
                ? Build("go", "peers", "go", "build -buildvcs=false -o bin/peers .")
                : Build("c", "osthread", "cc", "-O2 -o bin/osthread osthread.c -pthread");
            _built.Add(program, built);
        }

        reason = built.Reason;
        return built.Path;
    }

    private (string? Path, string Reason) Build(string folder, string name, string compiler, string arguments)
    {
        if (FindSources(folder) is not { } sources)
            return LeaveOut(folder, $"benchmarks/peers/{folder} was not found");
        Directory.CreateDirectory(Path.Combine(sources, "bin"));
        try
        {
            progress.WriteLine($"building the peers in {folder}");
            using Process process = Process.Start(new ProcessStartInfo(compiler, arguments) { WorkingDirectory = sources })!;
            process.WaitForExit();
            return process.ExitCode == 0
                ? (Path.Combine(sources, "bin", name), "")
                : LeaveOut(folder, $"{compiler} failed with exit code {process.ExitCode}");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return LeaveOut(folder, $"{compiler} is not on PATH");
        }
    }

    private (string? Path, string Reason) LeaveOut(string folder, string reason)
    {
        progress.WriteLine($"peers in {folder} are left out: {reason}");
        return (null, $"left out: {reason}");
    }

    /// <summary>Looks upwards from the program, then from the current folder.</summary>
    private static string? FindSources(string folder)
    {
        foreach (string start in (string[])[AppContext.BaseDirectory, Environment.CurrentDirectory])
        {
            for (DirectoryInfo? at = new(start); at is not null; at = at.Parent)
            {
                string candidate = Path.Combine(at.FullName, "benchmarks", "peers", folder);
                if (Directory.Exists(candidate))
                    return candidate;
            }
        }

        return null;
    }
}
