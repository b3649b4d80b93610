using Weft.FieldTests.Support;

namespace Weft.FieldTests;

/// <summary>
/// The program's own threads have taken every task there may be before Weft makes its first: what was asked for is done once there are
/// some.
/// </summary>
public sealed class FullProcessTests
{
    public static TheoryData<int> MaxTasks => [40, 60, 100, 150];

    [Theory]
    [MemberData(nameof(MaxTasks))]
    public async Task Start_FirstGoroutine_RunsOnceThereAreThreads(int maxTasks)
    {
        using ControlGroup group = ControlGroup.CreateOrSkip(maxTasks);
        await ChildProgram.HoldsAsync(Place.In(group), "both ran: True", "full-first-start");
    }

    [Theory]
    [MemberData(nameof(MaxTasks))]
    public async Task Run_NoThreadYet_ReturnsOnceThereAreThreads(int maxTasks)
    {
        using ControlGroup group = ControlGroup.CreateOrSkip(maxTasks);
        await ChildProgram.HoldsAsync(Place.In(group), "ran", "full-run");
    }

    [Theory]
    [MemberData(nameof(MaxTasks))]
    public async Task Dispose_NoThreadYet_EachGoroutineIsAccountedFor(int maxTasks)
    {
        using ControlGroup group = ControlGroup.CreateOrSkip(maxTasks);
        await ChildProgram.HoldsAsync(Place.In(group), "10 accounted for", "full-dispose");
    }
}
