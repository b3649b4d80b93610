using System.Runtime.CompilerServices;
using Weft.Tests.Support;

namespace Weft.Tests.Runtime.Running;

/// <summary>A goroutine that waits, and inside that wait runs something of its own that waits for longer.</summary>
public sealed class NestedWaitTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wait_EndsWhileAnInnerOneGoesOn_BothEnd(bool locked)
    {
        if (locked && !RuntimeFeature.IsDynamicCodeSupported && Environment.Version.Major < 11)
            Assert.Skip(
                "on NativeAOT before .NET 11 a Monitor.Wait inside another one of its thread takes its pulse: dotnet/runtime#123173");
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var outerMayEnd = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var innerMayEnd = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Goroutine both = scheduler.Start(async () =>
        {
            using ThreadPin hold = locked ? Go.LockOSThread() : default;
            Task inner = WaitLaterAsync();
            outerMayEnd.Task.Wait();
            await inner;

            async Task WaitLaterAsync()
            {
                await Task.Yield();
                outerMayEnd.SetResult();
                innerMayEnd.Task.Wait();
                Assert.True(innerMayEnd.Task.IsCompleted);
            }
        });
        await outerMayEnd.Task.WaitAsync(Limits.Hang, TestContext.Current.CancellationToken);
        await Task.Delay(20, TestContext.Current.CancellationToken);
        innerMayEnd.SetResult();
        await both.Within();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WaitOne_ForAHandleThatOwnMailSets_Ends(bool locked)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.Start(async () =>
        {
            using ThreadPin hold = locked ? Go.LockOSThread() : default;
            using var handle = new ManualResetEvent(false);
            Task setter = SetLaterAsync();
            Assert.True(handle.WaitOne());
            await setter;

            async Task SetLaterAsync()
            {
                await Task.Yield();
                handle.Set();
            }
        }).Within();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Completion_BodyEndsInsideAWaitForIt_IsToldThere(bool locked)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var mayEnd = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var runs = new TaskCompletionSource<SynchronizationContext>(TaskCreationOptions.RunContinuationsAsynchronously);
        var told = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        Goroutine goroutine = scheduler.Start(async () =>
        {
            if (locked)
                Go.LockOSThread();
            runs.SetResult(SynchronizationContext.Current!);
            await mayEnd.Task;
        });
        SynchronizationContext context = await runs.Task.WaitAsync(Limits.Hang, TestContext.Current.CancellationToken);
        context.Post(
            _ =>
            {
                Task completion = goroutine.Completion;
                mayEnd.SetResult();
                told.SetResult(completion.Wait(Limits.Hang));
            },
            null);
        Assert.True(await told.Task.WaitAsync(Limits.Hang, TestContext.Current.CancellationToken));
    }
}
