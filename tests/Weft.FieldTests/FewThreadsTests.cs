using Weft.FieldTests.Support;

namespace Weft.FieldTests;

/// <summary>
/// Code outside goroutines, and .NET's own threads, where there are few threads to be had: as in a small container, or under <c>ulimit
/// -u</c>.
/// </summary>
public sealed class FewThreadsTests
{
    private const int Goroutines = 1_000;
    private const int Milliseconds = 10;
    private const int SmallContainer = 60;

    // So long that a busy machine has started more of them than there can be threads before the first end.
    private const int LongMilliseconds = 300;

    // More than there can be in any of these places.
    private const int GivenThreads = 10_000;

    public static TheoryData<int> MaxTasks => [40, 60, 100, 150];

    [Theory]
    [MemberData(nameof(MaxTasks))]
    public async Task DisposeAsync_WhileGoroutinesBlock_EachIsAccountedFor(int maxTasks)
    {
        using ControlGroup group = ControlGroup.CreateOrSkip(maxTasks);
        await ChildProgram.HoldsAsync(Place.In(group), $"{Goroutines} accounted for", "dispose-later", Goroutines, Milliseconds);
    }

    [Theory]
    [MemberData(nameof(MaxTasks))]
    public async Task MaxThreads_GivenTooHigh_ThePoolWorksOn(int maxTasks)
    {
        using ControlGroup group = ControlGroup.CreateOrSkip(maxTasks);
        string last = $"{Goroutines} ended, 10 on the pool, refused: True";
        await ChildProgram.HoldsAsync(Place.In(group), last, "given-limit", Goroutines, LongMilliseconds, GivenThreads);
    }

    [Theory]
    [InlineData("full-after", "fired")]
    [InlineData("full-forsaken", "ran: True")]
    public async Task FirstUse_NoThreadToBeHad_GoesOnOnceThereIsOne(string mode, string last)
    {
        using ControlGroup group = ControlGroup.CreateOrSkip(SmallContainer);
        await ChildProgram.HoldsAsync(Place.In(group), last, mode);
    }

    [Fact]
    public async Task Start_AllBlockUntilTheLastRuns_TheReserveIsGivenUp()
    {
        // Of 60, .NET has 8 and for each CPU one, and a scheduler that goes on leaves a quarter of the rest.
        const int MostCpus = 4;
        const int Together = 42;
        Assert.SkipUnless(Environment.ProcessorCount <= MostCpus, $"With more than {MostCpus} CPUs .NET has too many of the 60 threads.");
        using ControlGroup group = ControlGroup.CreateOrSkip(SmallContainer);
        await ChildProgram.HoldsAsync(Place.In(group), $"{Together} ended", "block-together", Together, GivenThreads);
    }

    [Fact]
    public async Task UnhandledException_NoThreadToBeHad_IsReportedWithItsGoroutine()
    {
        using ControlGroup group = ControlGroup.CreateOrSkip(SmallContainer);
        ChildProgram child = await ChildProgram.RunAsync(Place.In(group), "full-crash");
        Assert.Equal(128 + 6, child.ExitCode);
        Assert.Contains("System.InvalidOperationException: left the goroutine", child.Error, StringComparison.Ordinal);
        Assert.Matches(@"Goroutine \d+, started at .*FullCrash\.cs:\d+", child.Error);
    }
}
