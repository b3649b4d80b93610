using System.Diagnostics;

namespace Weft.Samples.HashTree;

/// <summary>What sha256sum of coreutils says about the same files.</summary>
internal static class Sha256Sum
{
    // sha256sum -z ends each "digest  path" with a zero byte and leaves the path as it is.
    private const int DigestLength = 64;
    private const int PathOffset = DigestLength + 2;

    /// <summary>Digests by path. Blocks until sha256sum has read every file.</summary>
    public static Dictionary<string, string> Of(IEnumerable<string> paths, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("xargs") { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (string argument in (string[])["-0", "-r", "sha256sum", "-z", "--"])
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("xargs did not start.");
        using CancellationTokenRegistration kill = cancellationToken.Register(process.Kill);

        // On a goroutine of its own: one pipe is filled while the other is emptied.
        Goroutine<string> output = Go.Start(process.StandardOutput.ReadToEnd);
        try
        {
            foreach (string path in paths)
            {
                process.StandardInput.Write(path);
                process.StandardInput.Write('\0');
            }

            process.StandardInput.Close();
        }
        catch (IOException) when (cancellationToken.IsCancellationRequested)
        {
            // Killed while it was being fed.
        }

        string text = output.Task.Result;
        process.WaitForExit();
        cancellationToken.ThrowIfCancellationRequested();
        return text
            .Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .ToDictionary(entry => entry[PathOffset..], entry => entry[..DigestLength]);
    }
}
