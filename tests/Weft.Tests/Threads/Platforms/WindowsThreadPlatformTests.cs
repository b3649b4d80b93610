using Weft.Tests.Support;
using Weft.Threads;
using Weft.Threads.Platforms;

namespace Weft.Tests.Threads.Platforms;

/// <summary>Threads of Windows. scripts/run-platforms runs these under Wine.</summary>
public sealed class WindowsThreadPlatformTests : OSThreadBehaviour
{
    public WindowsThreadPlatformTests()
        : base(WindowsThreadPlatform.IsSupported ? new WindowsThreadPlatform() : new ManagedThreadPlatform()) =>
        Assert.SkipUnless(WindowsThreadPlatform.IsSupported, "This is not Windows.");

    [Fact]
    public void Create_IsTheChosenPlatformHere() => Assert.IsType<WindowsThreadPlatform>(ThreadPlatform.Current);

    [Fact]
    public void GetActivity_OfAWaitingThread_IsBlockedThenGone()
    {
        using var mayEnd = new ManualResetEventSlim();
        OSThread thread = Start(mayEnd.Wait);
        Eventually.True(() => Platform.GetActivity(thread.NativeId) == ThreadActivity.Blocked, "blocked");
        mayEnd.Set();
        thread.Join();
        Assert.Equal(ThreadActivity.Gone, Platform.GetActivity(thread.NativeId));
    }

    [Fact]
    public void GetActivity_OfAComputingThread_IsRunning()
    {
        int stop = 0;
        OSThread thread = Start(() =>
        {
            while (Volatile.Read(ref stop) == 0)
                Thread.SpinWait(100);
        });
        Eventually.True(() => Platform.GetActivity(thread.NativeId) == ThreadActivity.Running, "running");
        Volatile.Write(ref stop, 1);
        thread.Join();
    }
}
