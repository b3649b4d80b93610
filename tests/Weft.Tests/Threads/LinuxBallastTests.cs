using Weft.Tests.Support;
using Weft.Threads;

namespace Weft.Tests.Threads;

public sealed class LinuxBallastTests
{
    public LinuxBallastTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux counts mappings.");

    [Fact]
    public void TryTake_Free_HoldsItsMappingsUntilGivenUp()
    {
        var ballast = new LinuxBallast();
        var before = MemoryMap.ReadAll().ToHashSet();
        ballast.TryTake();
        List<MemoryMap> taken = Pieces(before);
        Assert.True(ballast.IsHeld);
        Assert.Equal(LinuxBallast.Mappings, taken.Count);
        Assert.Equal(LinuxBallast.Bytes, taken.Sum(static map => map.End - map.Start));
        Assert.DoesNotContain(taken, static map => map.Permissions.Contains('w', StringComparison.Ordinal));

        ballast.GiveUp();
        Assert.False(ballast.IsHeld);
        Assert.Empty(Pieces(before));
    }

    [Fact]
    public void TryTake_Held_TakesNoMore()
    {
        var ballast = new LinuxBallast();
        ballast.TryTake();
        var before = MemoryMap.ReadAll().ToHashSet();
        ballast.TryTake();
        Assert.Empty(Pieces(before));
        ballast.GiveUp();
    }

    [Fact]
    public void GiveUp_NotHeld_DoesNothing()
    {
        var ballast = new LinuxBallast();
        ballast.GiveUp();
        Assert.False(ballast.IsHeld);
    }

    // Of exactly a piece's size: the runtime maps something now and then, too.
    private static List<MemoryMap> Pieces(HashSet<MemoryMap> before) =>
        [.. MemoryMap.ReadAll().Where(map => !before.Contains(map) && map.End - map.Start == LinuxBallast.Bytes / LinuxBallast.Mappings)];
}
