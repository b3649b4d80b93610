using System.Globalization;

namespace Weft.Samples.NetNamespaces;

/// <summary>The command line.</summary>
internal sealed record Options(IReadOnlyList<string> Names, int Create, bool Help)
{
    public const string Usage = """
        usage: NetNamespaces [NAME...]
               NetNamespaces --create N

          NAME        a network namespace of `ip netns list`; default: all of them
          --create N  make N namespaces, 1 to 1000, enter them, and remove them again
        """;

    /// <summary>Reads the command line; null, with one line that says why, when it makes no sense.</summary>
    public static Options? Parse(string[] args, out string error)
    {
        var names = new List<string>();
        int create = 0;
        bool help = false;
        for (int i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--help" or "-h":
                    help = true;
                    break;
                case "--create":
                    string text = ++i < args.Length ? args[i] : "nothing";
                    if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out create) || create is < 1 or > 1_000)
                        return Fail($"--create takes a number from 1 to 1000, not {text}", out error);
                    break;
                case ['-', ..]:
                    return Fail($"unknown option {args[i]}", out error);
                default:
                    names.Add(args[i]);
                    break;
            }
        }

        if (create > 0 && names.Count > 0)
            return Fail("give names or --create, not both", out error);
        if (!help && names.Find(name => !NetNamespace.Exists(name)) is { } missing)
            return Fail($"there is no network namespace called '{missing}' in {NetNamespace.Directory}", out error);
        error = "";
        return new Options(names, create, help);
    }

    private static Options? Fail(string message, out string error)
    {
        error = message;
        return null;
    }
}
