using Weft.Tests.Support;

namespace Weft.Tests.Docs;

/// <summary>Every event of a scheduler is explained: when it is raised, on which thread, and what happens without a handler.</summary>
[ReleaseIsEnough]
public sealed class EventTests
{
    [Fact]
    public void Events_OfAScheduler_HaveARowInTheDocuments()
    {
        Assert.SkipWhen(Repository.Documents.Length == 0, "The tests run on a machine without their source.");
        string[] lines = Repository.Lines("docs/scheduler.md");
        string[] events = [.. typeof(Scheduler).GetEvents().Select(one => one.Name)];
        Assert.NotEmpty(events);
        Assert.All(events, name => Assert.Contains(lines, line => line.StartsWith($"| `{name}` |", StringComparison.Ordinal)));
    }
}
