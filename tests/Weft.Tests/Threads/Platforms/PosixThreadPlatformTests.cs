using System.Diagnostics;
using Weft.Tests.Support;
using Weft.Threads;
using Weft.Threads.Platforms;

namespace Weft.Tests.Threads.Platforms;

/// <summary>The threads of the POSIX systems that cannot be run here, on Linux.</summary>
public abstract class PosixThreadPlatformBehaviour : OSThreadBehaviour
{
    private readonly bool _relativeWaits;

    private protected PosixThreadPlatformBehaviour(bool relativeWaits)
        : base(IsHere ? new PosixOnLinux(relativeWaits) : new ManagedThreadPlatform())
    {
        Assert.SkipUnless(IsHere, "This is not 64-bit Linux.");
        _relativeWaits = relativeWaits;
    }

    private static bool IsHere => OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    [Theory]
    [InlineData("weft-named", "weft-named")]
    [InlineData("a-name-longer-than-linux-keeps", "a-name-longer-t")]
    [InlineData("fünfzehnbytesöx", "fünfzehnbytes")]
    public void Start_WithName_ShowsInProc(string name, string shown)
    {
        string? comm = null;
        Start(() => comm = TaskList.Current.Name, name).Join();
        Assert.Equal(shown, comm);
    }

    [Fact]
    public void Start_LargeStack_HasThatSize()
    {
        nuint used = 0;
        Start(() => used = Touch(48 * 1024 * 1024), stackSize: 64 * 1024 * 1024).Join();
        Assert.Equal((nuint)48 * 1024 * 1024, used);
    }

    [Fact]
    public void GetActivity_TellsAWaitFromACallFromComputingFromGone()
    {
        int stop = 0;
        using var mayEnd = new ManualResetEventSlim();
        OSThread computing = Start(() =>
        {
            while (Volatile.Read(ref stop) == 0)
                Thread.SpinWait(100);
        });
        OSThread waiting = Start(mayEnd.Wait);
        using var pipe = new BlockingPipe();
        OSThread calling = Start(pipe.Read);
        Eventually.True(() => Platform.GetActivity(waiting.NativeId) == ThreadActivity.Blocked, "blocked in a wait");
        Eventually.True(() => Platform.GetActivity(calling.NativeId) == ThreadActivity.Blocked, "blocked in a call");
        Eventually.True(() => Platform.GetActivity(computing.NativeId) == ThreadActivity.Running, "running");
        Volatile.Write(ref stop, 1);
        mayEnd.Set();
        pipe.Release();
        foreach (OSThread thread in (OSThread[])[computing, waiting, calling])
        {
            thread.Join();
            Assert.Equal(ThreadActivity.Gone, Platform.GetActivity(thread.NativeId));
        }
    }

    [Fact]
    public unsafe void Wait_ReturnsWhenTheWordDiffersOrTheTimeIsUp()
    {
        int word = 1;
        Platform.Wait(&word, 0, -1);
        long begin = Stopwatch.GetTimestamp();
        Platform.Wait(&word, 1, 20_000_000);
        Assert.True(Stopwatch.GetElapsedTime(begin) < Limits.Hang, "A wait of 20 ms took as long as a hang.");
    }

    [Fact]
    public void Scheduler_OnIt_RunsEveryKindOfBlocking()
    {
        using (TestScheduler.Create(out Scheduler scheduler, idleMilliseconds: 200, platform: new PosixOnLinux(_relativeWaits)))
        {
            int ended = 0;
            using var pipe = new BlockingPipe();
            Goroutine<bool>[] goroutines =
            [
                .. scheduler.StartMany(40, _ => Thread.Sleep(5)),
                .. scheduler.StartMany(40, async _ => await Go.SleepAsync(TimeSpan.FromMilliseconds(5))),
                .. scheduler.StartMany(20, _ => pipe.Read()),
            ];
            foreach (Goroutine<bool> goroutine in scheduler.StartMany(20, _ => pipe.Release()))
                goroutine.Task.Wait(Limits.Hang, TestContext.Current.CancellationToken);
            foreach (Goroutine<bool> goroutine in goroutines)
                ended += goroutine.Task.Wait(Limits.Hang, TestContext.Current.CancellationToken) ? 1 : 0;
            Assert.Equal(goroutines.Length, ended);
        }
    }

    // Uses so much of the stack, and says how much that was.
    private static nuint Touch(int bytes)
    {
        const int Frame = 64 * 1024;
        Span<byte> frame = stackalloc byte[Frame];
        frame.Fill(1);
        return bytes <= Frame ? Frame : Frame * (nuint)frame[0] + Touch(bytes - Frame);
    }
}

/// <summary>With a clock for conditions, as the BSDs and illumos have it.</summary>
public sealed class PosixThreadPlatformTests() : PosixThreadPlatformBehaviour(relativeWaits: false);

/// <summary>With relative waits, as macOS has them.</summary>
public sealed class PosixThreadPlatformWithRelativeWaitsTests() : PosixThreadPlatformBehaviour(relativeWaits: true);
