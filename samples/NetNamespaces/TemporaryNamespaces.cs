using System.Diagnostics;
using System.Globalization;

namespace Weft.Samples.NetNamespaces;

/// <summary>Network namespaces made with iproute2, and removed again on disposal.</summary>
internal sealed class TemporaryNamespaces : IDisposable
{
    private readonly List<string> _names = [];

    /// <summary>What was made.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Makes some namespaces.</summary>
    public static TemporaryNamespaces Create(int count, CancellationToken cancellationToken)
    {
        var made = new TemporaryNamespaces();
        try
        {
            for (int i = 1; i <= count; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                string name = string.Create(CultureInfo.InvariantCulture, $"weft-{Environment.ProcessId}-{i}");
                Ip("netns", "add", name);
                made._names.Add(name);

                // Something to tell them apart by, where the kernel has it.
                TryIp("-n", name, "link", "add", string.Create(CultureInfo.InvariantCulture, $"weft{i}"), "type", "bridge");
            }

            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (string name in _names)
            TryIp("netns", "delete", name);
        _names.Clear();
    }

    private static void Ip(params string[] arguments)
    {
        if (Run(arguments) is { ExitCode: not 0 } failed)
            throw new IOException($"ip {string.Join(' ', arguments)}: {failed.Error}");
    }

    private static void TryIp(params string[] arguments) => Run(arguments);

    private static (int ExitCode, string Error) Run(string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })
            ?? throw new IOException("ip did not start");
        string error = process.StandardError.ReadToEnd().Trim();
        process.WaitForExit();
        return (process.ExitCode, error);
    }
}
