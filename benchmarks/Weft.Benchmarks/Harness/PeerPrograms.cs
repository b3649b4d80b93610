using System.Diagnostics;

namespace Weft.Benchmarks.Harness;

/// <summary>Peers that are programs of their own, built here when their compiler is there.</summary>
internal enum PeerProgram
{
    Go,
    C,
    Web,
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
            built = Build(SourceOf(program));
            _built.Add(program, built);
        }

        reason = built.Reason;
        return built.Path;
    }

    /// <summary>Where the program is once it was built, for a process that needs one but builds none; null without its sources.</summary>
    public static string? PathOf(PeerProgram program)
    {
        PeerSource source = SourceOf(program);
        return FindSources(source.Folder) is { } sources ? Path.Combine(sources, source.Result) : null;
    }

    private static PeerSource SourceOf(PeerProgram program) => program switch
    {
        PeerProgram.Go => new("peers/go", "bin/peers", "go", "build -buildvcs=false -o bin/peers ."),
        PeerProgram.C => new("peers/c", "bin/osthread", "cc", "-O2 -o bin/osthread osthread.c -pthread"),
        // Neither MSBuild nor the compiler stays in a process of its own, which would be there during the measurement.
        _ => new(
            "Weft.Benchmarks.Web",
            "bin/Release/net10.0/Weft.Benchmarks.Web.dll",
            "dotnet",
            "build -c Release -v q -nologo -nodeReuse:false -p:UseSharedCompilation=false"),
    };

    private (string? Path, string Reason) Build(PeerSource source)
    {
        if (FindSources(source.Folder) is not { } sources)
            return LeaveOut(source, "its sources were not found");
        Directory.CreateDirectory(Path.Combine(sources, "bin"));
        try
        {
            progress.WriteLine($"building benchmarks/{source.Folder}");
            ProcessStartInfo command = new(source.Compiler, source.Arguments) { WorkingDirectory = sources, RedirectStandardOutput = true };
            using Process process = Process.Start(command)!;
            string said = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode == 0)
                return (Path.Combine(sources, source.Result), "");
            progress.Write(said);
            return LeaveOut(source, $"{source.Compiler} failed with exit code {process.ExitCode}");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return LeaveOut(source, $"{source.Compiler} is not on PATH");
        }
    }

    private (string? Path, string Reason) LeaveOut(PeerSource source, string reason)
    {
        progress.WriteLine($"benchmarks/{source.Folder} is left out: {reason}");
        return (null, $"left out: {reason}");
    }

    /// <summary>Looks upwards from the program, then from the current folder.</summary>
    private static string? FindSources(string folder)
    {
        foreach (string start in (string[])[AppContext.BaseDirectory, Environment.CurrentDirectory])
        {
            for (DirectoryInfo? at = new(start); at is not null; at = at.Parent)
            {
                string candidate = Path.Combine(at.FullName, "benchmarks", folder);
                if (Directory.Exists(candidate))
                    return candidate;
            }
        }

        return null;
    }

    /// <summary>How a program is built.</summary>
    /// <param name="Folder">Its sources, under benchmarks/.</param>
    /// <param name="Result">The program, seen from there.</param>
    private sealed record PeerSource(string Folder, string Result, string Compiler, string Arguments);
}
