using Weft.Threads.Platforms;

namespace Weft.PlatformCheck;

/// <summary>Goroutines on this system's threads.</summary>
internal static class SchedulerChecks
{
    internal static IEnumerable<(string Name, Action Run)> All() =>
    [
        ("scheduler: 10,000 goroutines end", ManyGoroutines),
        ("scheduler: a storm of managed sleeps", () => Storm(() => Thread.Sleep(20))),
        ("scheduler: a storm of managed waits", () => Storm(() => new ManualResetEventSlim().Wait(20))),
        ("scheduler: a storm of calls nobody declared", () => Storm(() => NativeSleep.For(20))),
        ("scheduler: a storm of declared calls", () => Storm(() => Go.Blocking(() => NativeSleep.For(20)))),
        ("scheduler: a bystander runs while an undeclared call blocks the only processor", Bystander),
        ("scheduler: a bystander runs while a computing goroutine keeps the only processor", Hog),
        ("scheduler: sync over async does not hang", SyncOverAsync),
        ("scheduler: channels and timers", ChannelsAndTimers),
        ("scheduler: LockOSThread keeps the thread, and a goroutine that ends locked takes it along", LockedThreadGoes),
        ("scheduler: idle threads leave, the last one too", IdleThreadsLeave),
        ("scheduler: a deadlock is told", DeadlockIsTold),
        ("scheduler: work from the pool comes back", PoolInterop),
        ("scheduler: goroutines on the calling thread, without any other", OneThread),
    ];

    private static void ManyGoroutines()
    {
        int ended = 0;
        using (CheckedScheduler.Create(out Scheduler scheduler))
        {
            scheduler.Run(async () =>
            {
                var all = new Goroutine[10_000];
                for (int i = 0; i < all.Length; i++)
                {
                    all[i] = Go.Start(async () =>
                    {
                        await Go.Yield();
                        Interlocked.Increment(ref ended);
                    });
                }

                foreach (Goroutine goroutine in all)
                    await goroutine.Completion;
            });
        }

        Check.Equal(10_000, ended);
    }

    private static void Storm(Action block)
    {
        const int Count = 100;
        int ended = 0;
        using (CheckedScheduler.Create(out Scheduler scheduler))
        {
            scheduler.Run(async () =>
            {
                var all = new Goroutine[Count];
                for (int i = 0; i < Count; i++)
                {
                    all[i] = Go.Start(() =>
                    {
                        block();
                        Interlocked.Increment(ref ended);
                    });
                }

                foreach (Goroutine goroutine in all)
                    await goroutine.Completion;
            });
        }

        Check.Equal(Count, ended);
    }

    private static void Bystander()
    {
        using (CheckedScheduler.Create(out Scheduler scheduler, procs: 1))
        {
            int stop = 0;
            scheduler.Run(async () =>
            {
                // Sleeps until the bystander has run: without a hand-off neither ever ends.
                Goroutine sleeper = Go.Start(() =>
                {
                    while (Volatile.Read(ref stop) == 0)
                        NativeSleep.For(200);
                });
                Goroutine bystander = Go.Start(() => Volatile.Write(ref stop, 1));
                await bystander.Completion;
                await sleeper.Completion;
            });
        }
    }

    private static void Hog()
    {
        using (CheckedScheduler.Create(out Scheduler scheduler, procs: 1))
        {
            int stop = 0;
            scheduler.Run(async () =>
            {
                Goroutine hog = Go.Start(() =>
                {
                    while (Volatile.Read(ref stop) == 0)
                        Thread.SpinWait(100);
                });
                Goroutine bystander = Go.Start(() => Volatile.Write(ref stop, 1));
                await bystander.Completion;
                await hog.Completion;
            });
        }
    }

    private static void SyncOverAsync()
    {
        using (CheckedScheduler.Create(out Scheduler scheduler, procs: 1))
        {
            int result = scheduler.Run(() => SlowAsync().Result);
            Check.Equal(42, result);
        }

        static async Task<int> SlowAsync()
        {
            await Task.Delay(5);
            await Go.Yield();
            return 42;
        }
    }

    private static void ChannelsAndTimers()
    {
        using (CheckedScheduler.Create(out Scheduler scheduler))
        {
            int sum = scheduler.Run(async () =>
            {
                var numbers = new Chan<int>();
                _ = Go.Start(async () =>
                {
                    for (int i = 1; i <= 100; i++)
                    {
                        if (i % 25 == 0)
                            await Go.SleepAsync(TimeSpan.FromMilliseconds(2));
                        await numbers.SendAsync(i);
                    }

                    numbers.Close();
                });
                int sum = 0;
                await foreach (int number in numbers)
                    sum += number;
                return sum;
            });
            Check.Equal(5050, sum);
        }
    }

    private static void LockedThreadGoes()
    {
        using (CheckedScheduler.Create(out Scheduler scheduler))
        {
            for (int round = 0; round < 20; round++)
            {
                int before = 0, after = 0;
                scheduler.Run(async () =>
                {
                    await Go.Start(async () =>
                    {
                        Go.LockOSThread();
                        before = Environment.CurrentManagedThreadId;
                        for (int i = 0; i < 5; i++)
                            await Go.SleepAsync(TimeSpan.FromMilliseconds(1));
                        after = Environment.CurrentManagedThreadId;
                    }).Completion;
                });
                Check.Equal(before, after);
            }

            Check.Eventually(() => scheduler.Statistics.ThreadsReaped >= 20);
        }
    }

    private static void IdleThreadsLeave()
    {
        using (CheckedScheduler.Create(out Scheduler scheduler))
        {
            scheduler.Run(async () =>
            {
                Goroutine[] all = [.. Enumerable.Range(0, 30).Select(_ => Go.Start(() => Thread.Sleep(50)))];
                foreach (Goroutine goroutine in all)
                    await goroutine.Completion;
            });
            Check.Eventually(() => scheduler.Statistics.Threads == 0);
            Check.Eventually(() => scheduler.Statistics.ThreadsReaped == scheduler.Statistics.ThreadsCreated);
            Check.That(scheduler.Statistics.ThreadsCreated > 2);

            // And it begins again.
            Check.Equal(7, scheduler.Run(() => 7));
        }
    }

    private static void DeadlockIsTold()
    {
        using (CheckedScheduler.Create(out Scheduler scheduler))
        {
            bool told = false;
            try
            {
                scheduler.Run(async () => await new Chan<int>().ReceiveAsync());
            }
            catch (DeadlockException)
            {
                told = true;
            }

            Check.That(told);
        }
    }

    private static void PoolInterop()
    {
        using (CheckedScheduler.Create(out Scheduler scheduler))
        {
            int sum = scheduler.Run(async () =>
            {
                int[] parts = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() => i)));
                await Task.Delay(3);
                return parts.Sum();
            });
            Check.Equal(1225, sum);
        }
    }

    private static void OneThread()
    {
        using var scheduler = new Scheduler(new SchedulerOptions { Name = "one", Platform = new SingleThreadPlatform() });
        var threads = new HashSet<int>();
        int sum = scheduler.Run(async () =>
        {
            Goroutine<int>[] all =
            [
                .. Enumerable.Range(1, 100).Select(i => Go.Start(async () =>
                {
                    await Go.SleepAsync(TimeSpan.FromMilliseconds(i % 3));
                    threads.Add(Environment.CurrentManagedThreadId);
                    return i;
                })),
            ];
            int sum = 0;
            foreach (Goroutine<int> goroutine in all)
                sum += await goroutine;
            return sum;
        });
        Check.Equal(5050, sum);
        Check.Equal(1, threads.Count);
        Check.That(threads.Contains(Environment.CurrentManagedThreadId));
        bool refused = false;
        try
        {
            scheduler.Run(() => Go.LockOSThread().Dispose());
        }
        catch (PlatformNotSupportedException)
        {
            refused = true;
        }

        Check.That(refused);
    }
}
