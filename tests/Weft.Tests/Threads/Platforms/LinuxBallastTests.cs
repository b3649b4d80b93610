using Weft.Tests.Support;
using Weft.Threads.Platforms;

namespace Weft.Tests.Threads.Platforms;

public sealed class LinuxBallastTests
{
    public LinuxBallastTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux counts mappings.");

    [Fact]
    public void TryTake_Free_HoldsItsMappingsUntilGivenUp()
    {
        var ballast = new LinuxBallast();
        ballast.TryTake();
        Assert.True(ballast.IsHeld);
        nint start = ballast.Address;
        nint end = start + (nint)LinuxBallast.Bytes;

        // The kernel may join an end to what lies beside it, so only what lies inside is looked at.
        List<MemoryMap> held = Within(start, end);
        Assert.Equal(LinuxBallast.Mappings, held.Count);
        Assert.Equal(LinuxBallast.Bytes, held.Sum(static map => map.End - map.Start));
        Assert.DoesNotContain(held, static map => map.Permissions.Contains('w', StringComparison.Ordinal));

        ballast.GiveUp();
        Assert.False(ballast.IsHeld);
        Assert.Empty(Within(start, end).Intersect(held));
    }

    [Fact]
    public void TryTake_Held_TakesNoMore()
    {
        var ballast = new LinuxBallast();
        ballast.TryTake();
        nint start = ballast.Address;
        ballast.TryTake();
        Assert.Equal(start, ballast.Address);
        ballast.GiveUp();
    }

    [Fact]
    public void GiveUp_NotHeld_DoesNothing()
    {
        var ballast = new LinuxBallast();
        ballast.GiveUp();
        Assert.False(ballast.IsHeld);
    }

    // The mappings that share bytes with the range, each cut to what lies inside.
    private static List<MemoryMap> Within(nint start, nint end) =>
    [
        .. MemoryMap.ReadAll()
            .Where(map => map.Start < end && start < map.End)
            .Select(map => map with { Start = nint.Max(map.Start, start), End = nint.Min(map.End, end) }),
    ];
}
