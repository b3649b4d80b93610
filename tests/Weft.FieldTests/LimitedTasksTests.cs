using Weft.FieldTests.Support;

namespace Weft.FieldTests;

/// <summary>A container's limit on tasks: the work waits for threads, nothing is lost, and no process dies.</summary>
public sealed class LimitedTasksTests
{
    private const int Goroutines = 1_000;
    private const int Milliseconds = 10;

    public static TheoryData<int> MaxTasks => [40, 60, 100, 150];

    [Theory]
    [MemberData(nameof(MaxTasks))]
    public async Task Await_OutsideGoroutines_EachGoesOn(int maxTasks)
    {
        using ControlGroup group = ControlGroup.CreateOrSkip(maxTasks);
        await ChildProgram.HoldsAsync(Place.In(group), $"{Goroutines} ended", "await-outside", Goroutines, Milliseconds);
    }

    [Theory]
    [MemberData(nameof(MaxTasks))]
    public async Task ThreadShortage_WithAHandler_HandlerIsCalled(int maxTasks)
    {
        using ControlGroup group = ControlGroup.CreateOrSkip(maxTasks);
        await ChildProgram.HoldsAsync(Place.In(group), $"{Goroutines} ended, told of a shortage: True", "shortage-handler", Goroutines);
    }

    [Theory]
    [MemberData(nameof(MaxTasks))]
    public async Task Receive_OutsideGoroutines_GetsEachItem(int maxTasks)
    {
        using ControlGroup group = ControlGroup.CreateOrSkip(maxTasks);
        await ChildProgram.HoldsAsync(Place.In(group), $"{Goroutines} received", "receive-outside", Goroutines, Milliseconds);
    }

    [Theory]
    [MemberData(nameof(MaxTasks))]
    public async Task After_OutsideGoroutines_EachFires(int maxTasks)
    {
        using ControlGroup group = ControlGroup.CreateOrSkip(maxTasks);
        await ChildProgram.HoldsAsync(Place.In(group), $"10 fired, {Goroutines} ended", "after-outside", Goroutines, Milliseconds);
    }

    [Theory]
    [MemberData(nameof(MaxTasks))]
    public async Task Dispose_WhileGoroutinesBlock_EachIsAccountedFor(int maxTasks)
    {
        using ControlGroup group = ControlGroup.CreateOrSkip(maxTasks);
        await ChildProgram.HoldsAsync(Place.In(group), $"{5 * Goroutines} accounted for", "start-dispose", Goroutines, Milliseconds);
    }

    [Theory]
    [MemberData(nameof(MaxTasks))]
    public async Task Run_ABurstThatBlocks_Returns(int maxTasks)
    {
        using ControlGroup group = ControlGroup.CreateOrSkip(maxTasks);
        await ChildProgram.HoldsAsync(Place.In(group), $"{Goroutines} ended", "run", Goroutines, Milliseconds);
    }

    [Theory]
    [MemberData(nameof(MaxTasks))]
    public async Task ThreadPoolGuard_ItemsThatBlock_RaisesNoFurtherThanTheLimitAllows(int maxTasks)
    {
        using ControlGroup group = ControlGroup.CreateOrSkip(maxTasks);
        await ChildProgram.HoldsAsync(Place.In(group), $"{Goroutines} ended", "guarded-pool", Goroutines, 10 * Milliseconds);
    }

    [Fact]
    public async Task Await_OrdinaryUserAtHisLimitOfProcesses_EachGoesOn() =>
        await ChildProgram.HoldsAsync(
            Place.OrdinaryUser.Then(Place.Limited("nproc", 110)), $"{Goroutines} ended", "await-outside", Goroutines, Milliseconds);
}
