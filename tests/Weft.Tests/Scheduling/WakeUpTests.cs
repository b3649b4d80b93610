using Weft.Scheduling;
using Weft.Tests.Support;

namespace Weft.Tests.Scheduling;

public sealed class WakeUpTests
{
    [Fact]
    public void PulseAll_FromAnInterruptedThreadThatHasToWaitForTheMonitor_PulsesAndKeepsTheInterrupt()
    {
        object waited = new();
        bool wasPulsed = false, wasInterrupted = false;
        Thread waiter = Start(() =>
        {
            lock (waited)
                wasPulsed = Monitor.Wait(waited, Limits.Hang);
        });
        Thread waker;
        Eventually.True(() => Waits(waiter), "it waits");
        lock (waited)
        {
            waker = Start(() =>
            {
                Thread.CurrentThread.Interrupt();
                WakeUp.PulseAll(waited);
                wasInterrupted = IsInterrupted();
            });
            Eventually.True(() => Waits(waker) || !waker.IsAlive, "the other waits for the monitor");
            Assert.True(waker.IsAlive);
        }

        Assert.True(waker.Join(Limits.Hang));
        Assert.True(waiter.Join(Limits.Hang));
        Assert.True(wasPulsed);
        Assert.True(wasInterrupted);
    }

    private static Thread Start(Action body)
    {
        var thread = new Thread(() => body()) { IsBackground = true };
        thread.Start();
        return thread;
    }

    private static bool Waits(Thread thread) => (thread.ThreadState & ThreadState.WaitSleepJoin) != 0;

    private static bool IsInterrupted()
    {
        try
        {
            Thread.Sleep(1);
            return false;
        }
        catch (ThreadInterruptedException)
        {
            return true;
        }
    }
}
