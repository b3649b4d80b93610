using System.Globalization;

namespace Weft.FieldTests.Support;

/// <summary>
/// Where a child runs: under the commands that lead up to it, each of which makes a limit or a namespace and then executes what follows.
/// Places are put together from the outside inwards by <see cref="Then"/>.
/// </summary>
internal sealed record Place(params string[] Command)
{
    // Of this run alone: a limit on processes counts those of every program that runs as the same user.
    private static readonly string s_userId = (1_000_000 + Environment.ProcessId).ToString(CultureInfo.InvariantCulture);

    /// <summary>As the tests run.</summary>
    internal static Place Here { get; } = new();

    /// <summary>As a user who is not root and owns no other process.</summary>
    internal static Place OrdinaryUser { get; } = new("setpriv", "--reuid", s_userId, "--regid", s_userId, "--clear-groups");

    /// <summary>In a control group.</summary>
    internal static Place In(ControlGroup group) => new("sh", "-c", "echo $$ > \"$0\" && exec \"$@\"", group.ProcessesFile);

    /// <summary>Under a limit on a resource, as prlimit(1) names it: <c>nproc</c>, <c>as</c>.</summary>
    internal static Place Limited(string resource, long value) =>
        new("prlimit", $"--{resource}={value.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>In namespaces of its own, as unshare(1) names them: <c>--pid --fork</c>, <c>--mount</c>.</summary>
    internal static Place Unshared(params string[] namespaces) => new(["unshare", .. namespaces]);

    /// <summary>After a line for the shell, such as one that mounts or unmounts.</summary>
    internal static Place After(string line) => new("sh", "-c", line + " && exec \"$@\"", "sh");

    internal Place Then(Place inner) => new([.. Command, .. inner.Command]);

    /// <summary>Skips the test, with the reason, where a program must do without this place.</summary>
    internal void RequireOrSkip()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Limits and namespaces are those of Linux.");
        Assert.SkipUnless(Command is [] or ["prlimit", ..] || Environment.IsPrivilegedProcess,
            "Only root makes control groups, namespaces and other users' processes.");
        foreach (string tool in Command.Where(word => word is "setpriv" or "prlimit" or "unshare"))
            Assert.SkipUnless(IsInstalled(tool), $"{tool} (util-linux) is not installed.");
    }

    private static bool IsInstalled(string tool) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, tool)));
}
