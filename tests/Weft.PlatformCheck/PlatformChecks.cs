using System.Diagnostics;
using Weft.Threads;
using Weft.Threads.Platforms;

namespace Weft.PlatformCheck;

/// <summary>The seam itself.</summary>
internal static unsafe class PlatformChecks
{
    internal static IEnumerable<(string Name, Action Run)> All(IThreadPlatform platform) =>
    [
        ("platform: is the system's own", () => Check.That(platform is not ManagedThreadPlatform)),
        ("platform: Wait returns when the word differs, and when the time is up", () => WaitReturns(platform)),
        ("platform: Wake ends a Wait without a limit", () => WakeEndsWait(platform)),
        ("platform: Wake of all ends every Wait", () => WakeAllEndsEveryWait(platform)),
        ("platform: GetActivity tells a sleeper from a computing thread from a dead one", () => TellsActivity(platform)),
        ("platform: names can be set, long ones too", () => Names(platform)),
    ];

    private static void WaitReturns(IThreadPlatform platform)
    {
        int word = 1;
        platform.Wait(&word, 0, -1);
        foreach (long nanoseconds in (long[])[0, 1, 20_000, 1_500_000, 30_000_000])
        {
            // A wait may return early for no reason, but not always.
            long begin = Stopwatch.GetTimestamp();
            int rounds = 0;
            do
            {
                platform.Wait(&word, 1, nanoseconds);
                rounds++;
            }
            while (Stopwatch.GetElapsedTime(begin).TotalNanoseconds < nanoseconds);
            Check.That(rounds < 1_000);
        }
    }

    private static void WakeEndsWait(IThreadPlatform platform)
    {
        int[] storage = GC.AllocateArray<int>(1, pinned: true);
        fixed (int* word = storage)
        {
            int* shared = word;
            for (int round = 1; round <= 50; round++)
            {
                OSThread sleeper = OSThread.Start(() =>
                {
                    while (Volatile.Read(ref *shared) != 1)
                        platform.Wait(shared, 0, -1);
                });
                if (round % 2 == 0)
                    Check.Eventually(() => platform.GetActivity(sleeper.NativeId) == ThreadActivity.Blocked);
                Volatile.Write(ref *shared, 1);
                platform.Wake(shared, 1);
                sleeper.Join();
                Volatile.Write(ref *shared, 0);
            }
        }
    }

    private static void WakeAllEndsEveryWait(IThreadPlatform platform)
    {
        int[] storage = GC.AllocateArray<int>(1, pinned: true);
        fixed (int* word = storage)
        {
            int* shared = word;
            OSThread[] sleepers =
            [
                .. Enumerable.Range(0, 8).Select(_ => OSThread.Start(() =>
                {
                    while (Volatile.Read(ref *shared) != 1)
                        platform.Wait(shared, 0, -1);
                })),
            ];
            foreach (OSThread sleeper in sleepers)
                Check.Eventually(() => platform.GetActivity(sleeper.NativeId) == ThreadActivity.Blocked);
            Volatile.Write(ref *shared, 1);
            platform.Wake(shared, int.MaxValue);
            foreach (OSThread sleeper in sleepers)
                sleeper.Join();
        }
    }

    private static void TellsActivity(IThreadPlatform platform)
    {
        int stop = 0;
        using var mayEnd = new ManualResetEventSlim();
        OSThread computing = OSThread.Start(() =>
        {
            while (Volatile.Read(ref stop) == 0)
                Thread.SpinWait(100);
        });
        OSThread waiting = OSThread.Start(() => mayEnd.Wait());
        OSThread calling = OSThread.Start(() =>
        {
            while (Volatile.Read(ref stop) == 0)
                NativeSleep.For(200);
        });
        Check.Eventually(() => platform.GetActivity(waiting.NativeId) == ThreadActivity.Blocked);
        Check.Eventually(() => platform.GetActivity(calling.NativeId) == ThreadActivity.Blocked);
        Check.Eventually(() => platform.GetActivity(computing.NativeId) == ThreadActivity.Running);
        Volatile.Write(ref stop, 1);
        mayEnd.Set();
        foreach (OSThread thread in (OSThread[])[computing, waiting, calling])
        {
            int id = thread.NativeId;
            thread.Join();
            Check.Eventually(() => platform.GetActivity(id) == ThreadActivity.Gone);
        }
    }

    private static void Names(IThreadPlatform platform)
    {
        string[] names = ["w", "weft-exactly-15", "a-name-that-is-longer-than-any-system-keeps-for-a-thread-it-has-made", "grün"];
        foreach (string name in names)
            OSThread.Start(() => platform.NameCurrentThread(name), new OSThreadOptions { Name = name }).Join();
    }
}
