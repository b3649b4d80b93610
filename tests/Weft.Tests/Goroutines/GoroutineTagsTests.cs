using Weft.Tests.Support;

namespace Weft.Tests.Goroutines;

public sealed class GoroutineTagsTests
{
    [Fact]
    public async Task Name_NeverSet_IsNull()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Goroutine<int> goroutine = scheduler.Start(() => 1);
        Assert.Null(goroutine.Name);
        Assert.Equal("", Text(goroutine.Labels));
        Assert.DoesNotContain('"', goroutine.ToString());
        await goroutine.Within();
    }

    [Fact]
    public async Task Name_SetByTheBody_IsInSnapshotsAndDumps()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var gate = new TaskCompletionSource();
        Goroutine<bool> goroutine = scheduler.StartChecked(async () =>
        {
            Go.Current!.Name = "cleaner";
            Go.Current.SetLabel("request", "42");
            Go.Current.SetLabel("user", "eve");
            await gate.Task;
        });
        await Limits.UntilParked(scheduler, 1, "it waits");
        GoroutineInfo info = Assert.Single(scheduler.GetGoroutines());
        Assert.Equal(("cleaner", goroutine.Id), (info.Name, info.Id));
        Assert.Equal("request=42, user=eve", Text(info.Labels));
        string line = $"G{goroutine.Id} \"cleaner\" {{request=42, user=eve}}: parked (await)";
        Assert.Contains(line, TestScheduler.Dump(scheduler), StringComparison.Ordinal);
        string text = $"goroutine {goroutine.Id} \"cleaner\" {{request=42, user=eve}} [";
        Assert.StartsWith(text, goroutine.ToString(), StringComparison.Ordinal);
        gate.SetResult();
        await goroutine.Within();
        Assert.Equal("cleaner", goroutine.Name);
    }

    [Fact]
    public void Name_OfADeadlockedGoroutine_IsInTheReport()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var exception = Assert.Throws<DeadlockException>(() => scheduler.Run(async () =>
        {
            Go.Current!.Name = "the main one";
            await new Chan<int>().ReceiveAsync();
        }));
        Assert.Equal("the main one", Assert.Single(exception.Goroutines).Name);
        Assert.Contains("\"the main one\"", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Name_WithALineFeed_StaysInItsLine()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Goroutine<int> goroutine = scheduler.Start(() => 1);
        goroutine.Name = "a\nb";
        Assert.Equal("a\nb", goroutine.Name);
        Assert.Contains("\"a\\u000ab\"", goroutine.ToString(), StringComparison.Ordinal);
        goroutine.Name = null;
        Assert.Null(goroutine.Name);
        await goroutine.Within();
    }

    [Fact]
    public async Task SetLabel_ChangedAndTakenAway_ShowsWhatIsLeft()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Goroutine<int> goroutine = scheduler.Start(() => 1);
        goroutine.SetLabel("a", "1");
        goroutine.SetLabel("b", "2");
        IReadOnlyList<KeyValuePair<string, string>> before = goroutine.Labels;
        goroutine.SetLabel("a", "3");
        Assert.Equal("a=3, b=2", Text(goroutine.Labels));
        goroutine.SetLabel("a", null);
        goroutine.SetLabel("none", null);
        Assert.Equal("b=2", Text(goroutine.Labels));
        Assert.Equal("a=1, b=2", Text(before));
        await goroutine.Within();
    }

    [Fact]
    public async Task SetLabel_StartingAnother_GoesOnToItAndTheNameDoesNot()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Goroutine<bool> goroutine = scheduler.StartChecked(async () =>
        {
            Go.Current!.Name = "parent";
            Go.Current.SetLabel("request", "42");
            Goroutine<int> child = Go.Start(() => 1);
            Go.Current.SetLabel("request", "43");
            Assert.Equal("request=42", Text(child.Labels));
            Assert.Null(child.Name);
            await child;
        });
        await goroutine.Within();
        Assert.Equal("", Text(scheduler.Start(() => 1).Labels));
    }

    [Fact]
    public async Task SetLabel_ByManyThreads_LosesNone()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 4);
        Goroutine<int> goroutine = scheduler.Start(() => 1);
        await scheduler.StartMany(50, i =>
        {
            goroutine.SetLabel($"label {i}", "set");
            goroutine.Name = "named";
        }).Within();
        Assert.Equal(50, goroutine.Labels.Count);
        Assert.Equal("named", goroutine.Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public async Task SetLabel_NoKey_IsRefused(string? key)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Goroutine<int> goroutine = scheduler.Start(() => 1);
        Assert.Equal("key", Assert.ThrowsAny<ArgumentException>(() => goroutine.SetLabel(key!, "value")).ParamName);
        await goroutine.Within();
    }

    /// <summary>As text: xunit looks into collections of pairs by reflection, which NativeAOT has not compiled.</summary>
    private static string Text(IEnumerable<KeyValuePair<string, string>> labels) =>
        string.Join(", ", labels.Select(static label => $"{label.Key}={label.Value}"));
}
