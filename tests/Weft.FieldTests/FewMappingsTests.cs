using Weft.FieldTests.Support;

namespace Weft.FieldTests;

/// <summary>
/// The process may make only a few mappings more (<c>vm.max_map_count</c>), or has little address space left: each thread takes some of
/// both, and .NET ends a process whose compiler or collector is refused either.
/// </summary>
public sealed class FewMappingsTests
{
    private const int Goroutines = 300;
    private const int Milliseconds = 20;
    private const long MiB = 1024 * 1024;

    [Theory]
    [InlineData(100)]
    [InlineData(200)]
    [InlineData(400)]
    [InlineData(1_000)]
    public async Task Start_ABurstWithFewMappingsLeft_EachEnds(int free) =>
        await ChildProgram.HoldsAsync(Place.Here, $"{Goroutines} ended", "few-mappings", "weft", free, Goroutines, Milliseconds);

    [Theory]
    [InlineData(400)]
    [InlineData(1_000)]
    public async Task Start_MappingsUsedUpMeanwhile_EachEnds(int free) =>
        await ChildProgram.HoldsAsync(Place.Here, $"{Goroutines} ended", "few-mappings", "weft-late", free, Goroutines, Milliseconds);

    [Theory]
    [InlineData(2_000)]
    [InlineData(3_000)]
    public async Task Start_ABurstInLittleAddressSpace_EachEnds(int mebibytes) =>
        await ChildProgram.HoldsAsync(
            Place.Limited("as", mebibytes * MiB), $"{Goroutines} ended", "burst", "weft", Goroutines, Milliseconds);
}
