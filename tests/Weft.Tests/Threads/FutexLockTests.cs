using Weft.Tests.Support;
using Weft.Tests.Sync;
using Weft.Threads;
using Weft.Threads.Platforms;

namespace Weft.Tests.Threads;

public sealed class FutexLockTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Enter_Contended_CountsRight(bool managed)
    {
        const int Threads = 6;
        const int Rounds = 50_000;
        var gate = new FutexLock(PlatformOf(managed));
        int count = 0;
        OSThread[] threads = [.. Enumerable.Range(0, Threads).Select(_ => OSThread.Start(() =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                gate.Enter();
                count++;
                gate.Exit();
            }
        }))];
        foreach (OSThread thread in threads)
            thread.Join();
        Assert.Equal(Threads * Rounds, count);
    }

    [Fact]
    public void TryEnter_Held_SaysNo()
    {
        var gate = new FutexLock(ThreadPlatform.Current);
        Assert.True(gate.TryEnter());
        gate.AssertHeld();
        bool? entered = null;
        OSThread.Start(() => entered = gate.TryEnter()).Join();
        Assert.False(entered);
        gate.Exit();
        Assert.True(gate.TryEnter());
        gate.Exit();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Enter_HeldForLong_NeverEntersAManagedWait(bool managed)
    {
        var gate = new FutexLock(PlatformOf(managed));
        var context = new WatchingContext();
        using var waiting = new ManualResetEventSlim();
        gate.Enter();
        OSThread waiter = OSThread.Start(() =>
        {
            SynchronizationContext.SetSynchronizationContext(context);
            waiting.Set();
            gate.Enter();
            gate.Exit();
            SynchronizationContext.SetSynchronizationContext(null);
        });
        waiting.Wait(TestContext.Current.CancellationToken);
        Eventually.True(() => waiter.State == OSThreadState.Running, "running");
        Thread.Sleep(50);
        gate.Exit();
        waiter.Join();
        Assert.Equal(0, context.Waits);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Enter_ThreadInterrupted_EntersAndTheInterruptMeetsTheNextWait(bool managed)
    {
        var gate = new FutexLock(PlatformOf(managed));
        bool hasEntered = false;
        gate.Enter();
        Thread thread = InterruptTests.Interrupted(
            () =>
            {
                gate.Enter();
                hasEntered = true;
                gate.Exit();
                Thread.Sleep(Timeout.Infinite);
            },
            out Func<bool> wasInterrupted);
        if (managed)
            Eventually.True(() => (thread.ThreadState & (ThreadState.WaitSleepJoin | ThreadState.Stopped)) != 0, "asleep, or ended");
        gate.Exit();
        InterruptTests.Join(thread);
        Assert.True(hasEntered);
        Assert.True(wasInterrupted());
    }

    private static IThreadPlatform PlatformOf(bool managed) => managed ? new ManagedThreadPlatform() : ThreadPlatform.Current;

    private sealed class WatchingContext : SynchronizationContext
    {
        private int _waits;

        internal WatchingContext() => SetWaitNotificationRequired();

        internal int Waits => Volatile.Read(ref _waits);

        public override int Wait(IntPtr[] waitHandles, bool waitAll, int millisecondsTimeout)
        {
            Interlocked.Increment(ref _waits);
            return base.Wait(waitHandles, waitAll, millisecondsTimeout);
        }
    }
}
