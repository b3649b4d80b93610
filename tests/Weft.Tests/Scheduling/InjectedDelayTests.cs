using System.Reflection;
using Weft.Tests.Support;

namespace Weft.Tests.Scheduling;

/// <summary>
/// Races made likely: a short delay now and then at each labelled point of the scheduler, under a load of everything it can do.
/// </summary>
public sealed class InjectedDelayTests
{
    // Many short delays find more than few long ones.
    private const int DelayOneIn = 16;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    public async Task Storm_WithDelaysAtEveryLabel_NothingIsLost(int seed, int procs)
    {
        if (FindHook() is not { } hook)
        {
            Assert.Skip("this build has no fault points; a debug build has");
            return;
        }

        int calls = seed << 24;
        Action<string> delay = _ => Delay(Mix((uint)Interlocked.Increment(ref calls)));
        hook.SetValue(null, delay);
        try
        {
            using var _ = TestScheduler.Create(out Scheduler scheduler, procs, idleMilliseconds: 1);
            for (int round = 0; round < 5; round++)
                await StormAsync(scheduler);
        }
        finally
        {
            hook.SetValue(null, null);
        }
    }

    private static async Task StormAsync(Scheduler scheduler)
    {
        int ended = 0, locked = 0;
        var @lock = new GoLock();
        Goroutine<bool>[] all = scheduler.StartMany(200, async i =>
        {
            for (int step = 0; step < 10; step++)
            {
                switch ((i + step) % 10)
                {
                    case 0:
                        await Go.Yield();
                        break;
                    case 1:
                        await Go.SleepAsync(TimeSpan.FromMicroseconds(20 * step));
                        break;
                    case 2:
                        Thread.Sleep(0);
                        break;
                    case 3:
                        Go.Blocking(() => Thread.Sleep(TimeSpan.FromMicroseconds(50)));
                        break;
                    case 4:
                        LaterAsync().Wait();
                        break;
                    case 5:
                        await scheduler.StartChecked(() => { });
                        break;
                    case 6:
                        using (Go.LockOSThread())
                            await Task.Yield();
                        break;
                    case 7:
                        using (await @lock.LockAsync())
                            await ExclusivelyAsync();
                        break;
                    case 8:
                        await LockOrCancelAsync();
                        break;
                    default:
                        await Task.Run(() => { });
                        break;
                }
            }

            if (i % 20 == 0)
                Go.LockOSThread();
            Interlocked.Increment(ref ended);
        });
        await all.Within();
        Assert.Equal(all.Length, ended);
        Assert.True(@lock.TryLock(), "Nobody has the lock any more.");

        async Task ExclusivelyAsync()
        {
            Assert.Equal(1, Interlocked.Increment(ref locked));
            await Go.Yield();
            Interlocked.Decrement(ref locked);
        }

        async Task LockOrCancelAsync()
        {
            using var source = new CancellationTokenSource();
            Goroutine<bool> canceller = scheduler.StartChecked(source.Cancel);
            try
            {
                using (await @lock.LockAsync(source.Token))
                    await ExclusivelyAsync();
            }
            catch (OperationCanceledException)
            {
            }

            await canceller;
        }

        static async Task LaterAsync()
        {
            await Task.Yield();
            await Go.SleepAsync(TimeSpan.FromMicroseconds(50));
        }
    }

    /// <summary>Runs at every label, also under the scheduler's own locks: allocates nothing and enters no managed wait.</summary>
    private static void Delay(uint random)
    {
        uint amount = random >> 16;
        switch (random % (3 * DelayOneIn))
        {
            case 0:
                Thread.SpinWait((int)(amount % 5_000));
                break;
            case 1:
                Thread.Yield();
                break;
            case 2:
                _ = Native.SleepMicroseconds(amount % 200);
                break;
        }
    }

    // The finalizer of MurmurHash3: spreads consecutive numbers over all bits.
    private static uint Mix(uint value)
    {
        value = (value ^ (value >> 16)) * 0x85ebca6b;
        value = (value ^ (value >> 13)) * 0xc2b2ae35;
        return value ^ (value >> 16);
    }

#if DEBUG
    private static PropertyInfo? FindHook() => typeof(Scheduler).Assembly
        .GetType("Weft.Diagnostics.FaultPoints")?
        .GetProperty("Hook", BindingFlags.Static | BindingFlags.NonPublic);
#else
    private static PropertyInfo? FindHook() => null;
#endif
}
