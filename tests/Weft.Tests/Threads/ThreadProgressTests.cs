using Weft.Tests.Support;
using Weft.Threads;

namespace Weft.Tests.Threads;

/// <summary>Blocked or computing, by CPU time.</summary>
public sealed class ThreadProgressTests
{
    private const int StillFor = 16;
    private const int Id = 4242;

    private readonly ThreadProgress _progress = new(ThreadPlatform.Current, StillFor);

    [Fact]
    public void Note_FirstLook_IsRunning() => Assert.Equal(ThreadActivity.Running, _progress.Note(Id, 0, 0));

    [Fact]
    public void Note_NoProgressForLongEnough_IsBlocked()
    {
        _progress.Note(Id, 7, 100);
        Assert.Equal(ThreadActivity.Running, _progress.Note(Id, 7, 100 + StillFor - 1));
        Assert.Equal(ThreadActivity.Blocked, _progress.Note(Id, 7, 100 + StillFor));
        Assert.Equal(ThreadActivity.Blocked, _progress.Note(Id, 7, 100 + (10 * StillFor)));
    }

    [Fact]
    public void Note_NoProgressForLongEnoughInTooFewLooks_IsRunning()
    {
        var progress = new ThreadProgress(ThreadPlatform.Current, StillFor, stillLooks: 4);
        for (int look = 0; look < 3; look++)
            Assert.Equal(ThreadActivity.Running, progress.Note(Id, 7, look * 10 * StillFor));
        Assert.Equal(ThreadActivity.Blocked, progress.Note(Id, 7, 30 * StillFor));
    }

    [Fact]
    public void Note_Progress_IsRunningAndBeginsAgain()
    {
        _progress.Note(Id, 7, 100);
        Assert.Equal(ThreadActivity.Running, _progress.Note(Id, 8, 100 + (10 * StillFor)));
        Assert.Equal(ThreadActivity.Running, _progress.Note(Id, 8, 100 + (11 * StillFor) - 1));
        Assert.Equal(ThreadActivity.Blocked, _progress.Note(Id, 8, 100 + (11 * StillFor)));
    }

    [Fact]
    public void Note_ManyThreads_NeverCallsARunningOneBlocked()
    {
        // More threads than entries: each look at one forgets another, and none may be taken for another.
        for (int look = 0; look < 3; look++)
        {
            for (int id = 4; id < 4 * 5_000; id += 4)
                Assert.Equal(ThreadActivity.Running, _progress.Note(id, (ulong)look, look * 1000));
        }
    }

    [Fact]
    public void Ask_AThreadThatNeverEntered_IsGone() => Assert.Equal(ThreadActivity.Gone, _progress.Ask(Id, out _));

    [Fact]
    public void Ask_KnowsTheThreadUntilItLeaves()
    {
        using var entered = new ManualResetEventSlim();
        using var mayLeave = new ManualResetEventSlim();
        var thread = new Thread(() =>
        {
            _progress.Add(Id, clock: 11);
            entered.Set();
            mayLeave.Wait();
            _progress.Remove(Id);
        });
        thread.Start();
        entered.Wait();
        int clock = 0;
        Support.Eventually.True(() => _progress.Ask(Id, out clock) == ThreadActivity.Blocked, "waits");
        Assert.Equal(11, clock);
        mayLeave.Set();
        thread.Join();
        Assert.Equal(ThreadActivity.Gone, _progress.Ask(Id, out _));
    }

    [Fact]
    public void Ask_AComputingThread_IsUnknown()
    {
        _progress.Add(Id, clock: 0);
        Assert.Equal(ThreadActivity.Unknown, _progress.Ask(Id, out _));
        _progress.Remove(Id);
    }

    [Fact]
    public void AskAndNote_AllocateNothing()
    {
        _progress.Add(Id, clock: 0);
        _progress.Ask(Id, out _);
        _progress.Note(Id, 1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++)
        {
            _progress.Ask(Id, out _);
            _progress.Note(Id, 1);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        _progress.Remove(Id);
    }
}
