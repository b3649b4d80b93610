using Weft.Tests.Support;
using Weft.Threads;
using Weft.Threads.Platforms;

namespace Weft.Tests.Threads.Platforms;

/// <summary>The fallback keeps the same promises.</summary>
public sealed class ManagedThreadPlatformTests() : OSThreadBehaviour(new ManagedThreadPlatform())
{
    [Fact]
    public void Start_WithName_NamesTheThread()
    {
        string? name = null;
        Start(() => name = Thread.CurrentThread.Name, "weft-named").Join();
        Assert.Equal("weft-named", name);
    }

    [Fact]
    public void GetActivity_OfAWaitingThread_IsBlockedThenGone()
    {
        using var mayEnd = new ManualResetEventSlim();
        OSThread thread = Start(mayEnd.Wait);
        Support.Eventually.True(() => Platform.GetActivity(thread.NativeId) == ThreadActivity.Blocked, "blocked");
        mayEnd.Set();
        thread.Join();
        Assert.Equal(ThreadActivity.Gone, Platform.GetActivity(thread.NativeId));
    }

    [Fact]
    public void Start_WithAsyncLocal_DoesNotInheritIt()
    {
        var local = new AsyncLocal<int> { Value = 7 };
        int seen = -1;
        Start(() => seen = local.Value).Join();
        Assert.Equal(0, seen);
    }
}
