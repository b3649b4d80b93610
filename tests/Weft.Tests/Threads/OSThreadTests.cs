using Weft.Tests.Support;
using Weft.Threads;

namespace Weft.Tests.Threads;

/// <summary>The public face, on the shared host.</summary>
public sealed class OSThreadTests
{
    [Fact]
    public void Start_Join_RunsTheBody()
    {
        bool ran = false;
        OSThread thread = OSThread.Start(() => ran = true, new OSThreadOptions { Name = "face" });
        thread.Join();
        Assert.True(ran);
        Assert.Equal(OSThreadState.Reaped, thread.State);
        Assert.NotEqual(0, thread.NativeId);
        Assert.True(thread.TryReap());
    }

    [Fact]
    public void Start_WithoutBody_Throws() => Assert.Throws<ArgumentNullException>(() => OSThread.Start(null!));

    [Theory]
    [InlineData(0)]
    [InlineData(OSThreadOptions.MinStackSizeBytes - 1)]
    [InlineData(OSThreadOptions.MaxStackSizeBytes + 1)]
    public void Start_StackSizeOutOfRange_NamesTheOption(int size)
    {
        var exception =
            Assert.Throws<ArgumentOutOfRangeException>(() => OSThread.Start(() => { }, new OSThreadOptions { StackSizeBytes = size }));
        Assert.Equal("StackSizeBytes", exception.ParamName);
        Assert.Contains("256 KiB", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public void Start_BadName_NamesTheOption(string name)
    {
        var exception = Assert.Throws<ArgumentException>(() => OSThread.Start(() => { }, new OSThreadOptions { Name = name }));
        Assert.Equal("Name", exception.ParamName);
    }

    [Fact]
    public async Task Body_OverflowsItsStack_EndsWithTheRuntimesReport()
    {
        ChildProcess child = await ChildProcess.RunAsync("thread-stack-overflow");
        Assert.NotEqual(0, child.ExitCode);
        Assert.Contains("Stack overflow", child.Error, StringComparison.Ordinal);
        Assert.Contains("Recurse", child.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_Throws_EndsWithTheRuntimesReport()
    {
        ChildProcess child = await ChildProcess.RunAsync("thread-throws");
        Assert.NotEqual(0, child.ExitCode);
        Assert.Contains("Unhandled exception. System.InvalidOperationException: thrown by the body", child.Error, StringComparison.Ordinal);
    }
}
