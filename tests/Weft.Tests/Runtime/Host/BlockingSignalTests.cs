using Weft.Runtime.Host;
using Weft.Tests.Support;

namespace Weft.Tests.Runtime.Host;

public sealed class BlockingSignalTests
{
    [Fact]
    public void Set_OnAnInterruptedThreadThatHasToWaitForTheMonitor_WakesAndKeepsTheInterrupt()
    {
        var signal = new BlockingSignal();
        bool hasWoken = false, wasInterrupted = false;
        Thread waiter = Start(() =>
        {
            signal.Wait(CancellationToken.None);
            hasWoken = true;
        });
        Thread waker;
        Eventually.True(() => Waits(waiter), "it waits");
        lock (signal)
        {
            waker = Start(() =>
            {
                Thread.CurrentThread.Interrupt();
                signal.Set();
                wasInterrupted = IsInterrupted();
            });
            Eventually.True(() => Waits(waker) || !waker.IsAlive, "the other waits for the monitor");
            Assert.True(waker.IsAlive);
        }

        Assert.True(waker.Join(Limits.Hang));
        Assert.True(waiter.Join(Limits.Hang));
        Assert.True(hasWoken);
        Assert.True(wasInterrupted);
    }

    [Fact]
    public async Task Wait_CancelledOrSet_EndsAccordingly()
    {
        var signal = new BlockingSignal();
        using var source = new CancellationTokenSource();
        Task waiting = Task.Run(() => signal.Wait(source.Token));
        await source.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => waiting.WaitAsync(Limits.Hang));
        Assert.Throws<OperationCanceledException>(() => signal.Wait(source.Token));
        signal.Set();
        signal.Wait(source.Token); // what has come goes before the token
        signal.Reset();
        Assert.Throws<OperationCanceledException>(() => signal.Wait(source.Token));
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
