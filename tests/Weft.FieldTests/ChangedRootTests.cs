using Weft.FieldTests.Support;

namespace Weft.FieldTests;

/// <summary>The process changes its root after a scheduler was made: files of .NET are out of reach, and so is /proc.</summary>
public sealed class ChangedRootTests
{
    [Fact]
    public async Task Scheduler_RootChangedToAnEmptyFolder_GoesOnToItsDisposal()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root changes the root of a process.");
        await ChildProgram.HoldsAsync(Place.Here, "all went on, not loaded: System.Threading.Channels", "changed-root");
    }
}
