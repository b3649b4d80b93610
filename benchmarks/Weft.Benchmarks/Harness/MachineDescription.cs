using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Weft.Benchmarks.Harness;

/// <summary>Where the figures come from.</summary>
internal sealed record MachineDescription(
    string Cpu,
    int Cores,
    double MemoryGb,
    string Os,
    string Kernel,
    string Dotnet,
    string? Go,
    string? C,
    string? Commit,
    string Date,
    double LoadAtStart)
{
    public static MachineDescription Read() => new(
        Value("/proc/cpuinfo", "model name", ':') ?? RuntimeInformation.ProcessArchitecture.ToString(),
        Environment.ProcessorCount,
        Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9, 1),
        Value("/etc/os-release", "PRETTY_NAME", '=')?.Trim('"') ?? RuntimeInformation.OSDescription,
        Environment.OSVersion.VersionString,
        RuntimeInformation.FrameworkDescription,
        FirstLine("go", "version"),
        FirstLine("cc", "--version"),
        FirstLine("git", "rev-parse --short HEAD"),
        DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture),
        Load());

    private static string? Value(string file, string key, char separator)
    {
        if (!File.Exists(file))
            return null;
        string? line = File.ReadLines(file).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal));
        return line?[(line.IndexOf(separator, StringComparison.Ordinal) + 1)..].Trim();
    }

    private static double Load() =>
        File.Exists("/proc/loadavg") ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture) : 0;

    private static string? FirstLine(string program, string arguments)
    {
        try
        {
            using Process process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            string? line = process.StandardOutput.ReadLine();
            process.WaitForExit();
            return process.ExitCode == 0 ? line : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
