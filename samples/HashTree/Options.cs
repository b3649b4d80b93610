using System.Globalization;

namespace Weft.Samples.HashTree;

/// <summary>The command line.</summary>
internal sealed record Options(string Root, int Workers, bool Check, bool Help)
{
    public const string Usage = """
        usage: HashTree [PATH] [--workers N] [--check]

          PATH         the directory to hash; default /usr/share
          --workers N  files read at the same time, 1 to 10000; default 4 for each CPU
          --check      compare every digest with sha256sum's instead of printing it
        """;

    // Enough that the CPUs are busy while some reads wait for the disk.
    private static readonly int s_defaultWorkers = 4 * Environment.ProcessorCount;

    /// <summary>Reads the command line; null, with one line that says why, when it makes no sense.</summary>
    public static Options? Parse(string[] args, out string error)
    {
        string? root = null;
        var options = new Options("/usr/share", s_defaultWorkers, Check: false, Help: false);
        for (int i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--help" or "-h":
                    options = options with { Help = true };
                    break;
                case "--check":
                    options = options with { Check = true };
                    break;
                case "--workers":
                    string text = ++i < args.Length ? args[i] : "nothing";
                    if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int workers) || workers is < 1 or > 10_000)
                        return Fail($"--workers takes a number from 1 to 10000, not {text}", out error);
                    options = options with { Workers = workers };
                    break;
                case ['-', ..]:
                    return Fail($"unknown option {args[i]}", out error);
                default:
                    if (root is not null)
                        return Fail($"one directory at a time: {root} or {args[i]}?", out error);
                    root = args[i];
                    break;
            }
        }

        options = options with { Root = root ?? options.Root };
        if (!options.Help && !Directory.Exists(options.Root))
            return Fail($"no such directory: {options.Root}", out error);
        error = "";
        return options;
    }

    private static Options? Fail(string message, out string error)
    {
        error = message;
        return null;
    }
}
