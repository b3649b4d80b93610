using System.Globalization;
using Weft.Tests.Support;

namespace Weft.Tests.Runtime.Running;

public sealed class AsyncLocalTests
{
    private static readonly AsyncLocal<string?> s_local = new();

    [Fact]
    public async Task Value_OfTheStarter_FlowsIntoTheGoroutine()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        s_local.Value = "starter";
        Goroutine<bool> goroutine = scheduler.StartChecked(async () =>
        {
            Assert.Equal("starter", s_local.Value);
            await Task.Delay(1);
            Assert.Equal("starter", s_local.Value);
        });
        s_local.Value = null;
        await goroutine.Within();
    }

    [Fact]
    public async Task Value_SetInAGoroutine_DoesNotFlowBack()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        s_local.Value = "starter";
        await scheduler.Start(() => s_local.Value = "child").Within();
        Assert.Equal("starter", s_local.Value);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Value_ManyGoroutinesOnFewThreads_NeverLeaks(int procs)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs);
        s_local.Value = null;
        Goroutine<bool>[] goroutines = scheduler.StartMany(200, async i =>
        {
            Assert.Null(s_local.Value);
            string own = i.ToString(CultureInfo.InvariantCulture);
            s_local.Value = own;
            for (int round = 0; round < 20; round++)
            {
                await Go.Yield();
                Assert.Equal(own, s_local.Value);
                await Task.Yield();
                Assert.Equal(own, s_local.Value);
            }
        });
        await goroutines.Within();

        // A goroutine that did nothing to it, on a thread that has seen 200 values.
        Assert.Null(await scheduler.Start(() => s_local.Value).Within());
    }

    [Fact]
    public async Task Value_DuringAWaitThatRunsPostedWork_IsTheWaitersOwn()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        await scheduler.StartChecked(async () =>
        {
            await Task.Yield();
            s_local.Value = "mine";
            Assert.Equal("mine", ReadLaterAsync().Result);
            Assert.Equal("mine", s_local.Value);
        }).Within();

        static async Task<string?> ReadLaterAsync()
        {
            await Task.Yield();
            string? seen = s_local.Value;
            s_local.Value = "callee's";
            return seen;
        }
    }
}
