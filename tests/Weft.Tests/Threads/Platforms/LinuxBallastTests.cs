using Weft.Tests.Support;
using Weft.Threads.Platforms;

namespace Weft.Tests.Threads.Platforms;

public sealed class LinuxBallastTests
{
    public LinuxBallastTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux counts mappings.");

    [Fact]
    public void TryMap_Free_HoldsItsMappingsUntilUnmapped()
    {
        var ballast = new LinuxBallast();
        ballast.TryMap();
        Assert.True(ballast.IsHeld);
        nint start = ballast.Address;
        nint end = start + (nint)LinuxBallast.Bytes;

        // The kernel may join an end to what lies beside it, so only what lies inside is looked at.
        List<MemoryMap> held = Within(start, end);
        Assert.Equal(LinuxBallast.Mappings, held.Count);
        Assert.Equal(LinuxBallast.Bytes, held.Sum(static map => map.End - map.Start));
        Assert.DoesNotContain(held, static map => map.Permissions.Contains('w', StringComparison.Ordinal));

        ballast.Unmap();
        Assert.False(ballast.IsHeld);
        Assert.Empty(Within(start, end).Intersect(held));
    }

    [Fact]
    public void TryMap_Held_MapsNoMore()
    {
        var ballast = new LinuxBallast();
        ballast.TryMap();
        nint start = ballast.Address;
        ballast.TryMap();
        Assert.Equal(start, ballast.Address);
        ballast.Unmap();
    }

    [Fact]
    public void Unmap_NotHeld_DoesNothing()
    {
        var ballast = new LinuxBallast();
        ballast.Unmap();
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
