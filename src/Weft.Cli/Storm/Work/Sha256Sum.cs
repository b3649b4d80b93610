using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Weft.Cli.Storm.Work;

/// <summary>Compares digests with those that the sha256sum command computes of the same files.</summary>
internal static class Sha256Sum
{
    /// <summary>Characters of paths on one command line; every system takes this many.</summary>
    private const int BatchLength = 64 * 1024;

    /// <summary>How many digests sha256sum agrees with, or null when there is no sha256sum here that can list names of any kind.</summary>
    public static int? CountMatches(IReadOnlyList<string> paths, IReadOnlyList<byte[]?> digests)
    {
        var expected = new Dictionary<string, byte[]>();
        for (int i = 0; i < paths.Count; i++)
        {
            if (digests[i] is { } digest)
                expected[paths[i]] = digest;
        }

        int matches = 0;
        var batch = new List<string>();
        int length = 0;
        foreach (string path in expected.Keys)
        {
            batch.Add(path);
            length += path.Length;
            if (length < BatchLength)
                continue;
            if (!Count(batch, expected, ref matches))
                return null;
            batch.Clear();
            length = 0;
        }

        return batch.Count == 0 || Count(batch, expected, ref matches) ? matches : null;
    }

    private static bool Count(List<string> paths, Dictionary<string, byte[]> expected, ref int matches)
    {
        string? output = Run(paths);
        if (output is null)
            return false;

        // A digest in hexadecimal, a space, a space or a star, the name, and a zero.
        const int DigestLength = 64;
        foreach (string entry in output.Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            if (entry.Length > DigestLength + 2
                && expected.TryGetValue(entry[(DigestLength + 2)..], out byte[]? digest)
                && Convert.ToHexStringLower(digest).AsSpan().SequenceEqual(entry.AsSpan(0, DigestLength)))
            {
                matches++;
            }
        }

        return true;
    }

    private static string? Run(List<string> paths)
    {
        var start = new ProcessStartInfo("sha256sum", ["--zero", "--", .. paths])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        try
        {
            using Process process = Process.Start(start)!;
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return output.Length > 0 ? output : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
