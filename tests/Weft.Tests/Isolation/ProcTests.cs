using Weft.Tests.Support;

namespace Weft.Tests.Isolation;

/// <summary>Threads that block are noticed whatever /proc shows, in real namespaces.</summary>
public sealed class ProcTests
{
    private const string Readers = "1000";

    [Fact]
    public Task BlockedReaders_WithTheirOwnProc_StopNobody() => AssertAllReadAsync([], "keep", "own id", "own id");

    [Fact]
    public Task BlockedReaders_WithTheProcOfAnotherPidNamespace_StopNobody() =>
        AssertAllReadAsync(["unshare", "--pid", "--fork"], "keep", "another id", "another id");

    [Fact]
    public Task BlockedReaders_WithoutProc_StopNobody() => AssertAllReadAsync(["unshare", "--mount"], "hide", "own id", "no id");

    [Fact]
    public Task BlockedReaders_WithAProcThatWasReplaced_StopNobody() =>
        AssertAllReadAsync(["unshare", "--pid", "--fork", "--mount-proc"], "unmount", "own id", "another id");

    [Fact]
    public Task BlockedReaders_OfAUserFromWhomProcHidesOthers_StopNobody()
    {
        const string Script = "mount -t proc -o hidepid=2 proc /proc && exec setpriv --reuid=65534 --regid=65534 --clear-groups \"$@\"";
        return AssertAllReadAsync(["unshare", "--pid", "--fork", "--mount", "sh", "-c", Script, "-"], "keep", "own id", "own id");
    }

    private static async Task AssertAllReadAsync(string[] under, string change, string before, string now)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Namespaces and /proc are those of Linux.");
        Assert.SkipUnless(under.Length == 0 || Environment.IsPrivilegedProcess, "It takes root to make a namespace.");
        if (under.Length > 0)
        {
            string? refusal = await ChildProcess.WhyNotAsync([.. under, "true"]);
            Assert.SkipWhen(refusal is not null, $"The namespace cannot be made here: {refusal}");
        }

        ChildProcess child = await ChildProcess.RunUnderAsync(under, "blocked-readers", Readers, change);
        bool refused = child.Error.Contains("Permission denied", StringComparison.Ordinal);
        Assert.SkipWhen(refused, $"Another user may not run the child here: {child.Error}");
        string expected = $"before: {before}\nnow: {now}\n{Readers} have read, most were seen asleep by the monitor\n";
        Assert.Equal((0, expected, ""), (child.ExitCode, child.Output, child.Error));
    }
}
