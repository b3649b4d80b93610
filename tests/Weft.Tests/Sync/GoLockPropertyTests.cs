using System.Diagnostics;
using CsCheck;
using Weft.Tests.Support;

namespace Weft.Tests.Sync;

/// <summary>What must hold for every order of events.</summary>
public sealed class GoLockPropertyTests
{
    private const int MostRounds = 1_000_000;
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(4);

    [Fact]
    public void EveryWayToLock_InParallel_IsLinearizable()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 4);
        GenOperation<Guarded> asynchronous = Gen.Int[1, 9].Operation<Guarded>((guarded, digit) => Result(scheduler.Start(async () =>
        {
            using (await guarded.Lock.LockAsync())
                guarded.Append(digit);
            return true;
        })));
        GenOperation<Guarded> held = Gen.Int[1, 9].Operation<Guarded>((guarded, digit) => Result(scheduler.Start(async () =>
        {
            using (await guarded.Lock.LockAsync())
            {
                long read = guarded.Digits;
                await Go.Yield();
                guarded.Digits = (read * 10) + digit;
            }

            return true;
        })));
        GenOperation<Guarded> cancellable = Gen.Int[1, 9].Operation<Guarded>((guarded, digit) => Result(scheduler.Start(async () =>
        {
            using var source = new CancellationTokenSource();
            using (await guarded.Lock.LockAsync(source.Token))
                guarded.Append(digit);
            return true;
        })));
        GenOperation<Guarded> cancelled = Gen.Int[0, 20].Operation<Guarded>((guarded, spins) => Result(scheduler.Start(async () =>
        {
            using var source = new CancellationTokenSource();
            Goroutine<bool> canceller = scheduler.StartChecked(() =>
            {
                Thread.SpinWait(spins);
                source.Cancel();
            });
            try
            {
                (await guarded.Lock.LockAsync(source.Token)).Dispose();
            }
            catch (OperationCanceledException e)
            {
                Assert.Equal(source.Token, e.CancellationToken);
            }

            return await canceller;
        })));
        GenOperation<Guarded> blocking = Gen.Int[1, 9].Operation<Guarded>((guarded, digit) =>
        {
            using (guarded.Lock.Lock())
                guarded.Append(digit);
        });
        GenOperation<Guarded> trying = Gen.Int[1, 9].Operation<Guarded>((guarded, digit) =>
        {
            SpinWait.SpinUntil(guarded.Lock.TryLock);
            guarded.Append(digit);
            guarded.Lock.Unlock();
        });

        // Four at once: the orders that are tried grow with the factorial, and each starts its goroutines anew.
        Gen.Const(static () => new Guarded()).SampleParallel(
            [asynchronous, held, cancellable, cancelled, blocking, trying],
            equal: static (a, b) => a.Digits == b.Digits && a.IsFree() && b.IsFree(),
            maxSequentialOperations: 2,
            maxParallelOperations: 4,
            time: 3,
            threads: 4,
            print: static guarded => guarded.Digits.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task LockAsync_CancellationRacesUnlocking_NothingIsLostAndNothingHappensTwice(int procs)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: procs);
        await scheduler.StartChecked(async () =>
        {
            var @lock = new GoLock();
            long start = Stopwatch.GetTimestamp();
            int taken = 0, cancelled = 0, rounds = 0;
            for (; rounds < MostRounds / 2 && Stopwatch.GetElapsedTime(start) < s_longest / 2; rounds++)
            {
                using var source = new CancellationTokenSource();
                Assert.True(@lock.TryLock(), "The lock must be free after each round.");
                Goroutine<bool> first = StartWaiter(scheduler, @lock, source.Token);
                Goroutine<bool> second = StartWaiter(scheduler, @lock, CancellationToken.None);
                if (rounds % 3 != 0)
                    await Go.Yield();
                Goroutine<bool> canceller = scheduler.Start(() =>
                {
                    source.Cancel();
                    return true;
                });
                if (rounds % 2 != 0)
                    Thread.SpinWait(rounds % 16);
                if (rounds % 5 == 0)
                    await Go.Yield();
                @lock.Unlock();
                if (rounds % 4 == 0 && @lock.TryLock())
                {
                    // The one that was woken is overtaken, and cancelled on its way.
                    await Go.Yield();
                    @lock.Unlock();
                }

                if (await first)
                    taken++;
                else
                    cancelled++;
                Assert.True(await second);
                Assert.True(await canceller);
            }

            Assert.Equal(rounds, taken + cancelled);
            Assert.True(taken > 0 && cancelled > 0, $"{taken} taken and {cancelled} cancelled: there was no race.");
        }).Within();
    }

    [Fact]
    public async Task WaitGroup_CancellationRacesTheLastDone_EveryWaitEndsOnce()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            long start = Stopwatch.GetTimestamp();
            int done = 0, cancelled = 0, rounds = 0;
            for (; rounds < MostRounds / 10 && Stopwatch.GetElapsedTime(start) < s_longest / 4; rounds++)
            {
                var group = new WaitGroup();
                using var source = new CancellationTokenSource();
                group.Add(1);
                Goroutine<bool> waiter = scheduler.Start(async () =>
                {
                    try
                    {
                        await group.WaitAsync(source.Token);
                        return true;
                    }
                    catch (OperationCanceledException)
                    {
                        return false;
                    }
                });
                await Go.Yield();
                Goroutine<bool> canceller = scheduler.Start(() =>
                {
                    source.Cancel();
                    return true;
                });
                Thread.SpinWait(rounds % 32);
                group.Done();
                if (await waiter)
                    done++;
                else
                    cancelled++;
                await canceller;
            }

            Assert.Equal(rounds, done + cancelled);
        }).Within();
    }

    private static Goroutine<bool> StartWaiter(Scheduler scheduler, GoLock @lock, CancellationToken token) => scheduler.Start(async () =>
    {
        try
        {
            using (await @lock.LockAsync(token))
                return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    });

    private static void Result(Goroutine<bool> goroutine) => Assert.True(goroutine.Task.WaitAsync(Limits.Hang).GetAwaiter().GetResult());

    /// <summary>Digits in the order in which they were appended; an append that is not alone loses another.</summary>
    private sealed class Guarded
    {
        public GoLock Lock { get; } = new();

        public long Digits { get; set; }

        public void Append(int digit)
        {
            long read = Digits;
            Thread.Yield();
            Digits = (read * 10) + digit;
        }

        public bool IsFree()
        {
            bool free = Lock.TryLock();
            if (free)
                Lock.Unlock();
            return free;
        }
    }
}
