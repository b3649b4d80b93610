using Weft.Tests.Support;
using Weft.Threads;

namespace Weft.Tests.Contracts;

public sealed class SchedulerOptionsTests
{
    public static TheoryData<string, SchedulerOptions> BadOptions => new()
    {
        { nameof(SchedulerOptions.Name), new() { Name = "" } },
        { nameof(SchedulerOptions.Name), new() { Name = null! } },
        { nameof(SchedulerOptions.Name), new() { Name = "ninechars" } },
        { nameof(SchedulerOptions.Name), new() { Name = "a b" } },
        { nameof(SchedulerOptions.Name), new() { Name = "wefté" } },
        { nameof(SchedulerOptions.MaxProcs), new() { MaxProcs = 0 } },
        { nameof(SchedulerOptions.MaxProcs), new() { MaxProcs = -1 } },
        { nameof(SchedulerOptions.MaxProcs), new() { MaxProcs = Scheduler.MaxProcsLimit + 1 } },
        { nameof(SchedulerOptions.MaxThreads), new() { MaxThreads = 3 } },
        { nameof(SchedulerOptions.MaxThreads), new() { MaxThreads = 1_000_001 } },
        { nameof(SchedulerOptions.StackSizeBytes), new() { StackSizeBytes = OSThreadOptions.MinStackSizeBytes - 1 } },
        { nameof(SchedulerOptions.StackSizeBytes), new() { StackSizeBytes = OSThreadOptions.MaxStackSizeBytes + 1 } },
        { nameof(SchedulerOptions.IdleTimeout), new() { IdleTimeout = TimeSpan.Zero } },
        { nameof(SchedulerOptions.IdleTimeout), new() { IdleTimeout = Timeout.InfiniteTimeSpan } },
        { nameof(SchedulerOptions.IdleTimeout), new() { IdleTimeout = TimeSpan.FromDays(1) + TimeSpan.FromTicks(1) } },
        { nameof(SchedulerOptions.MinIdleTimeout), new() { MinIdleTimeout = TimeSpan.Zero } },
        { nameof(SchedulerOptions.MinIdleTimeout), new() { MinIdleTimeout = TimeSpan.FromSeconds(6) } },
        { nameof(SchedulerOptions.IdleThreadsAtMinTimeout), new() { IdleThreadsAtMinTimeout = 1 } },
        { nameof(SchedulerOptions.TimeSlice), new() { TimeSlice = TimeSpan.FromMicroseconds(999) } },
        { nameof(SchedulerOptions.TimeSlice), new() { TimeSlice = TimeSpan.FromSeconds(11) } },
        { nameof(SchedulerOptions.MaxComputingExtra), new() { MaxComputingExtra = -1 } },
        { nameof(SchedulerOptions.MaxComputingExtra), new() { MaxComputingExtra = 1_001 } },
        { nameof(SchedulerOptions.DisposeTimeout), new() { DisposeTimeout = TimeSpan.Zero } },
        { nameof(SchedulerOptions.DisposeTimeout), new() { DisposeTimeout = TimeSpan.FromMilliseconds(-2) } },
        { nameof(SchedulerOptions.DisposeTimeout), new() { DisposeTimeout = TimeSpan.FromDays(1) + TimeSpan.FromTicks(1) } },
        { nameof(SchedulerOptions.UnhandledExceptions), new() { UnhandledExceptions = (UnhandledExceptionPolicy)7 } },
    };

    [Theory]
    [MemberData(nameof(BadOptions), DisableDiscoveryEnumeration = true)]
    public void Scheduler_BadOption_ThrowsNamingIt(string option, SchedulerOptions options)
    {
        var exception = Assert.ThrowsAny<ArgumentException>(() => new Scheduler(options));
        Assert.Equal(option, exception.ParamName);
        Assert.Contains(option, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MinIdleTimeout_NotSet_IsNoLongerThanIdleTimeout()
    {
        Assert.Equal(TimeSpan.FromMilliseconds(200), new SchedulerOptions().MinIdleTimeout);
        var options = new SchedulerOptions { Name = "idle", IdleTimeout = TimeSpan.FromMilliseconds(30) };
        Assert.Equal(options.IdleTimeout, options.MinIdleTimeout);
        using var _ = TestScheduler.Create(options, out Scheduler scheduler);
        await scheduler.Start(() => { }).Within();
    }

    [Fact]
    public async Task Scheduler_EveryOptionAtItsLowest_Runs()
    {
        var options = new SchedulerOptions
        {
            Name = "a",
            MaxProcs = 1,
            MaxThreads = 4,
            StackSizeBytes = OSThreadOptions.MinStackSizeBytes,
            IdleTimeout = TimeSpan.FromTicks(1),
            MinIdleTimeout = TimeSpan.FromTicks(1),
            IdleThreadsAtMinTimeout = 2,
            TimeSlice = TimeSpan.FromMilliseconds(1),
            MaxComputingExtra = 0,
        };
        using var _ = TestScheduler.Create(options, out Scheduler scheduler);
        await scheduler.StartMany(50, async _ =>
        {
            await Go.Yield();
            Thread.Sleep(1);
            await Task.Delay(1);
        }).Within();
    }

    [Fact]
    public async Task Scheduler_LongestName_IsSeenInFullOnItsThreads()
    {
        using var _ = TestScheduler.Create(new SchedulerOptions { Name = "~longest" }, out Scheduler scheduler);
        Assert.Equal("~longest", scheduler.Name);
        Assert.True(await scheduler.Start(() => TaskList.IsCurrentOf(scheduler)).Within());
    }

    [Theory]
    [InlineData(OSThreadOptions.MinStackSizeBytes)]
    [InlineData(OSThreadOptions.MinStackSizeBytes + 1)]
    [InlineData(16 * 1024 * 1024)]
    public async Task StackSize_AnyValue_IsThereToUse(int stackSize)
    {
        using var _ = TestScheduler.Create(
            new SchedulerOptions { Name = TestScheduler.NextName(), StackSizeBytes = stackSize },
            out Scheduler scheduler);

        // All but what .NET wants free for itself.
        await scheduler.StartChecked(() => Use(stackSize - (160 * 1024))).Within();

        static void Use(int bytes)
        {
            if (bytes <= 0)
                return;
            Span<byte> frame = stackalloc byte[8 * 1024];
            frame[^1] = 1;
            Use(bytes - frame.Length - 256);
            Assert.Equal(1, frame[^1]);
        }
    }
}
