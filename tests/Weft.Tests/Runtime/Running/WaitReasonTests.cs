using Weft.Runtime.Running;

namespace Weft.Tests.Runtime.Running;

/// <summary>Each reason to wait has a text of its own and two decisions on deadlocks: a new one without them fails here.</summary>
public sealed class WaitReasonTests
{
    // What the search for deadlocks is told.
    private static readonly Dictionary<WaitReason, (bool OnlyGoroutinesWake, bool MayBeMeantForEver)> s_decisions = new()
    {
        [WaitReason.Await] = (false, true),
        [WaitReason.Yield] = (false, false),
        [WaitReason.Sleep] = (false, false),
        [WaitReason.SleepForever] = (true, true),
        [WaitReason.Join] = (true, false),
        [WaitReason.ManagedWait] = (false, false),
        [WaitReason.Blocking] = (false, false),
        [WaitReason.ChanSend] = (true, false),
        [WaitReason.ChanReceive] = (true, false),
        [WaitReason.Select] = (true, false),
        [WaitReason.SelectNothing] = (true, true),
        [WaitReason.Lock] = (true, false),
        [WaitReason.WaitGroup] = (true, false),
        [WaitReason.Group] = (true, false),
        [WaitReason.GroupLimit] = (true, false),
        [WaitReason.RWLock] = (true, false),
        [WaitReason.Semaphore] = (true, false),
        [WaitReason.Cond] = (true, false),
        [WaitReason.SingleFlight] = (true, false),
    };

    [Fact]
    public void WaitReason_EachValue_HasATextAndTheDecisionsOnDeadlocks()
    {
        WaitReason[] all = [.. Enum.GetValues<WaitReason>().Where(static reason => reason != WaitReason.OrOutside)];
        Assert.All(all, static reason =>
        {
            Assert.True(s_decisions.TryGetValue(reason, out var decided), $"Decide how {reason} counts for deadlocks.");
            Assert.Equal(decided.OnlyGoroutinesWake, reason.OnlyGoroutinesWake());
            Assert.False((reason | WaitReason.OrOutside).OnlyGoroutinesWake());
            Assert.Equal(decided.MayBeMeantForEver, reason.MayBeMeantForEver());
            Assert.NotEqual(reason.ToString(), reason.Text());
            Assert.Equal(reason.Text(), (reason | WaitReason.OrOutside).Text());
        });
        Assert.Equal(all.Length, all.Select(static reason => reason.Text()).Distinct().Count());
    }
}
