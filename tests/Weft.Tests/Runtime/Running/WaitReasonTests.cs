using Weft.Runtime.Running;

namespace Weft.Tests.Runtime.Running;

/// <summary>Each reason to wait has a text of its own and a decision on deadlocks: a new one without both fails here.</summary>
public sealed class WaitReasonTests
{
    // Whether only other goroutines can end such a wait.
    private static readonly Dictionary<WaitReason, bool> s_onlyGoroutinesWake = new()
    {
        [WaitReason.Await] = false,
        [WaitReason.Yield] = false,
        [WaitReason.Sleep] = false,
        [WaitReason.SleepForever] = true,
        [WaitReason.Join] = true,
        [WaitReason.ManagedWait] = false,
        [WaitReason.Blocking] = false,
        [WaitReason.ChanSend] = true,
        [WaitReason.ChanReceive] = true,
        [WaitReason.Select] = true,
        [WaitReason.SelectNothing] = true,
        [WaitReason.Lock] = true,
        [WaitReason.WaitGroup] = true,
        [WaitReason.Group] = true,
        [WaitReason.GroupLimit] = true,
        [WaitReason.RWLock] = true,
        [WaitReason.Semaphore] = true,
        [WaitReason.Cond] = true,
        [WaitReason.SingleFlight] = true,
    };

    [Fact]
    public void WaitReason_EachValue_HasATextAndADecisionOnDeadlocks()
    {
        WaitReason[] all = [.. Enum.GetValues<WaitReason>().Where(static reason => reason != WaitReason.OrOutside)];
        Assert.All(all, static reason =>
        {
            bool isDecided = s_onlyGoroutinesWake.TryGetValue(reason, out bool onlyGoroutinesWake);
            Assert.True(isDecided, $"Decide whether {reason} counts for deadlocks.");
            Assert.Equal(onlyGoroutinesWake, reason.OnlyGoroutinesWake());
            Assert.False((reason | WaitReason.OrOutside).OnlyGoroutinesWake());
            Assert.NotEqual(reason.ToString(), reason.Text());
            Assert.Equal(reason.Text(), (reason | WaitReason.OrOutside).Text());
        });
        Assert.Equal(all.Length, all.Select(static reason => reason.Text()).Distinct().Count());
    }
}
