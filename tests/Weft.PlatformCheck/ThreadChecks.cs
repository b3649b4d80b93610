using System.Runtime.CompilerServices;
using Weft.Threads;

namespace Weft.PlatformCheck;

/// <summary>Threads that come, run and go.</summary>
internal static class ThreadChecks
{
    internal static IEnumerable<(string Name, Action Run)> All(IThreadPlatform platform) =>
    [
        ("thread: runs elsewhere, and is joined", () => Runs(platform)),
        ("thread: a stack has the size that was asked for", StackHasItsSize),
        ("thread: a null reference is an exception as anywhere", NullReference),
        ("thread: 500 come and go while the collector runs", () => ManyComeAndGo(platform)),
        ("thread: 64 at once", ManyAtOnce),
        ("thread: TryReap frees what nobody joins", TryReapFrees),
        ("thread: all are given back when the host is closed", () => CloseGivesBack(platform)),
    ];

    private static void Runs(IThreadPlatform platform)
    {
        int id = 0;
        OSThread thread = OSThread.Start(() => id = platform.CurrentThreadId());
        thread.Join();
        Check.Equal(thread.NativeId, id);
        Check.That(id != 0);
        Check.That(id != platform.CurrentThreadId());
        Check.Equal(OSThreadState.Reaped, thread.State);
    }

    private static void StackHasItsSize()
    {
        // Far more than any system gives by itself, and half of it is used: a size that went astray ends the process here.
        const int Size = 64 * 1024 * 1024;
        int depth = 0;
        OSThread.Start(() => depth = Recurse(Size / 2), new OSThreadOptions { StackSizeBytes = Size }).Join();
        Check.That(depth > 100);
        bool enough = false;
        OSThread.Start(() => enough = RuntimeHelpers.TryEnsureSufficientExecutionStack(),
            new OSThreadOptions { StackSizeBytes = OSThreadOptions.MinStackSizeBytes }).Join();
        Check.That(enough);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Recurse(int left)
    {
        const int Frame = 64 * 1024;
        Span<byte> frame = stackalloc byte[Frame];
        frame.Fill(1);
        return left <= Frame ? frame[^1] : frame[0] + Recurse(left - Frame);
    }

    private static void NullReference()
    {
        bool caught = false;
        OSThread.Start(() =>
        {
            try
            {
                _ = NoString()!.Length;
            }
            catch (NullReferenceException)
            {
                caught = true;
            }
        }).Join();
        Check.That(caught);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static string? NoString() => null;

    private static void ManyComeAndGo(IThreadPlatform platform)
    {
        const int Count = 500;
        var host = new ThreadHost(platform, OSThreadOptions.DefaultStackSizeBytes);
        int ran = 0;
        for (int i = 0; i < Count; i++)
        {
            OSThread thread = OSThread.Start(host, () => Interlocked.Increment(ref ran), "comer", OSThreadOptions.DefaultStackSizeBytes);
            if (i % 2 == 0)
                thread.Join();
            if (i % 50 == 0)
                GC.Collect();
        }

        Check.Eventually(() => host.Reaped + host.Reaper.Count == Count); // a thread has exited some instructions before it is listed
        host.Close();
        Check.Equal(Count, ran);
        Check.Equal(Count, host.Reaped);
    }

    private static void ManyAtOnce()
    {
        using var all = new CountdownEvent(64);
        using var mayEnd = new ManualResetEventSlim();
        OSThread[] threads =
        [
            .. Enumerable.Range(0, 64).Select(_ => OSThread.Start(() =>
            {
                all.Signal();
                mayEnd.Wait();
            })),
        ];
        all.Wait();
        Check.Equal(64, threads.Select(thread => thread.NativeId).Distinct().Count());
        mayEnd.Set();
        foreach (OSThread thread in threads)
            thread.Join();
    }

    private static void TryReapFrees()
    {
        using var mayEnd = new ManualResetEventSlim();
        OSThread thread = OSThread.Start(() => mayEnd.Wait());
        Check.That(!thread.TryReap());
        mayEnd.Set();
        Check.Eventually(thread.TryReap);
    }

    private static void CloseGivesBack(IThreadPlatform platform)
    {
        var host = new ThreadHost(platform, OSThreadOptions.DefaultStackSizeBytes);
        for (int i = 0; i < 40; i++)
            OSThread.Start(host, () => Thread.Sleep(1), null, OSThreadOptions.DefaultStackSizeBytes);
        Check.Eventually(() => host.Reaper.Count + host.Reaped == 40);
        host.Close();
        Check.Equal(40L, host.Reaped);
        Check.Equal(0L, host.Stacks.BytesMapped);
    }
}
