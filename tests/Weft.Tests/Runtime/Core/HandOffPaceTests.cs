using System.Globalization;
using Weft.Runtime.Core;
using Weft.Tests.Support;

namespace Weft.Tests.Runtime.Core;

/// <summary>One idle machine dozes while processors are handed on in quick succession, and only then.</summary>
public sealed class HandOffPaceTests
{
    private const long Start = 1_000_000_000;

    private readonly HandOffPace _pace = new();

    [Fact]
    public void IsClose_NoOrOneHandOff_False()
    {
        Assert.False(_pace.IsClose(0));
        _pace.Note(Start);
        Assert.False(_pace.IsClose(Start));
    }

    [Fact]
    public void IsClose_TwoHandOffs_UntilTheFirstIsLongAgo()
    {
        _pace.Note(Start);
        _pace.Note(Start + (HandOffPace.Window / 2));
        Assert.True(_pace.IsClose(Start + (HandOffPace.Window / 2)));
        Assert.True(_pace.IsClose(Start + HandOffPace.Window - 1));
        Assert.False(_pace.IsClose(Start + HandOffPace.Window));
    }

    [Fact]
    public void TryBeginDoze_SlowPace_False()
    {
        _pace.Note(Start);
        Assert.False(_pace.TryBeginDoze(Start));
        _pace.Note(Start + HandOffPace.Window);
        Assert.False(_pace.TryBeginDoze(Start + HandOffPace.Window));
    }

    [Fact]
    public void TryBeginDoze_ClosePace_OneMachineAtATime()
    {
        _pace.Note(Start);
        _pace.Note(Start);
        Assert.True(_pace.TryBeginDoze(Start));
        Assert.False(_pace.TryBeginDoze(Start));
        _pace.EndDoze();
        Assert.True(_pace.TryBeginDoze(Start));
    }

    [Fact]
    public async Task Machines_HandOffsAreOver_Sleep()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, idleMilliseconds: 60_000);
        await BlockOften(scheduler);
        if (!OperatingSystem.IsLinux())
            Assert.Skip("how often a thread woke up is read from /proc");

        // The machines are kept for longer, and the monitor has nothing to do before.
        await Limits.Until(() => HasSlept(scheduler), "no thread of the scheduler has woken up for a while", scheduler);

        static bool HasSlept(Scheduler scheduler)
        {
            Assert.NotEmpty(TaskList.Of(scheduler));
            string before = WakeUps(scheduler);
            Thread.Sleep(20);
            return WakeUps(scheduler) == before;
        }
    }

    [Fact]
    public async Task Machines_OrderedOutWhileTheyDoze_Leave()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, idleMilliseconds: 1);
        for (int round = 0; round < 10; round++)
            await BlockOften(scheduler);
        await Limits.Until(() => scheduler.Statistics.Threads == 0, "every thread is gone", scheduler);
    }

    private static Task<bool> BlockOften(Scheduler scheduler) => scheduler.StartChecked(() =>
    {
        using var never = new ManualResetEvent(false);
        for (int i = 0; i < 20; i++)
        {
            Go.Start(() => { });
            never.WaitOne(1);
        }
    }).Within();

    private static string WakeUps(Scheduler scheduler) => string.Join(' ', TaskList.Of(scheduler).Select(thread =>
    {
        string switches = File.ReadLines($"/proc/self/task/{thread.Id}/status")
            .First(line => line.StartsWith("voluntary", StringComparison.Ordinal));
        return string.Create(CultureInfo.InvariantCulture, $"{thread.Id}:{switches}");
    }));
}
