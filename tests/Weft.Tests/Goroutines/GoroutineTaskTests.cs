using System.Runtime.CompilerServices;
using Weft.Tests.Support;

namespace Weft.Tests.Goroutines;

/// <summary>The task of an awaitable goroutine: one object, and errors that nobody looks at are told as a task's.</summary>
public sealed class GoroutineTaskTests
{
    public static TheoryData<string> Forms =>
        ["function", "task", "body", "frame", "state", "task-state", "body-state", "run-action", "run-task", "run-body", "blocking"];

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Task_AskedBeforeAndAfterTheEnd_IsOneObject(string form)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        using var mayEnd = new ManualResetEventSlim();
        AwaitableGoroutine goroutine = Start(scheduler, form, mayEnd.Wait);
        Task before = goroutine.Task;
        Assert.Same(before, goroutine.Task);
        mayEnd.Set();
        Assert.Same(before, await Task.WhenAny(goroutine.Task, Task.Delay(Limits.Hang)));
        await goroutine.Completion.Within(scheduler);
        Assert.Same(before, goroutine.Task);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Task_AskedOnlyAfterTheEnd_IsOneObject(string form)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        AwaitableGoroutine goroutine = Start(scheduler, form, () => { });
        await goroutine.Completion.Within(scheduler);
        Assert.Same(goroutine.Task, goroutine.Task);
        Assert.True(goroutine.Task.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Completion_AskedWhileItEnds_IsToldAfterTheResult()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 4);
        for (int i = 0; i < 5_000; i++)
        {
            Goroutine<int> goroutine = scheduler.Start(static r => r, i);
            while (!goroutine.Completion.IsCompleted)
                await Task.Yield();
            Assert.True(goroutine.Task.IsCompletedSuccessfully);
        }
    }

    [Fact]
    public async Task Task_AskedWhileItEndsByMany_IsOneObjectWithTheResult()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 4);
        for (int i = 0; i < 2_000; i++)
        {
            int result = i + 1_000; // not one of those that .NET keeps a task for
            Goroutine<int> goroutine = scheduler.Start(static r => r, result);
            Goroutine<object>[] askers = [.. Enumerable.Range(0, 3).Select(_ => scheduler.Start(static g => (object)g.Task, goroutine))];
            object[] asked = [goroutine.Task, .. await askers.Within()];
            Assert.All(asked, task => Assert.Same(goroutine.Task, task));
            Assert.Equal(result, await goroutine.Task.Within(scheduler));
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task UnobservedTaskException_NobodyAwaits_IsRaisedOnceForEach(string form)
    {
        const int Count = 50;
        string message = $"unobserved {form}";
        using var told = new Told(message);
        using (TestScheduler.Create(out Scheduler scheduler))
        {
            await StartFailing(scheduler, form, message, Count);

            // The machines and registers of this method may keep the last ones.
            Eventually.True(
                () =>
                {
                    GC.Collect();
                    GC.WaitForPendingFinalizers();
                    return told.Count >= Count - 5;
                },
                $"{Count - 5} told");
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.InRange(told.Count, Count - 5, Count);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task UnobservedTaskException_Awaited_IsNotRaised(string form)
    {
        string message = $"observed {form}";
        using var told = new Told(message);
        using (TestScheduler.Create(out Scheduler scheduler))
            await AwaitFailing(scheduler, form, message);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(0, told.Count);
    }

    [Fact]
    public async Task UnobservedTaskException_AbandonedByDisposal_IsNotRaised()
    {
        int count = 0;
        void Count(object? sender, UnobservedTaskExceptionEventArgs e)
        {
            if (e.Exception.InnerException is ObjectDisposedException { Message: var text }
                && text.Contains("abandon", StringComparison.Ordinal))
                Interlocked.Increment(ref count);
        }

        TaskScheduler.UnobservedTaskException += Count;
        try
        {
            await Abandon();
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Assert.Equal(0, count);
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Count;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task Abandon()
    {
        using var _ = TestScheduler.Create(new SchedulerOptions { Name = "abandon" }, out Scheduler scheduler);
        for (int i = 0; i < 20; i++)
        {
            Goroutine<int> goroutine = scheduler.Start(async () =>
            {
                await Go.SleepAsync(TimeSpan.FromHours(1));
                return 1;
            });
            if (i % 2 == 0)
                Assert.NotNull(goroutine.Task);
        }

        await scheduler.Start(() => 1).Within();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task StartFailing(Scheduler scheduler, string form, string message, int count)
    {
        Task[] ends = [.. Enumerable.Range(0, count).Select(_ => Start(scheduler, form, () => throw new IOException(message)).Completion)];
        await Task.WhenAll(ends).Within(scheduler);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task AwaitFailing(Scheduler scheduler, string form, string message)
    {
        for (int i = 0; i < 20; i++)
        {
            AwaitableGoroutine goroutine = Start(scheduler, form, () => throw new IOException(message));
            if (i % 2 == 0)
                await Assert.ThrowsAsync<IOException>(() => goroutine.Task.Within(scheduler));
            else
                await scheduler.StartChecked(async () => await Assert.ThrowsAsync<IOException>(async () => await goroutine)).Within();
        }
    }

    private static AwaitableGoroutine Start(Scheduler scheduler, string form, Action what)
    {
        return form switch
        {
            "function" => scheduler.Start(() => ResultOf(what)),
            "task" => scheduler.Start(() => TaskOf(what)),
            "body" => scheduler.Start(async () => await TaskOf(what)),
            "frame" => scheduler.Start(BodyOf(what)),
            "state" => scheduler.Start(ResultOf, what),
            "task-state" => scheduler.Start(TaskOf, what),
            "body-state" => scheduler.Start(BodyOf, what),
            "run-action" => scheduler.RunAsync(what),
            "run-task" => scheduler.RunAsync(() => (Task)TaskOf(what)),
            "run-body" => scheduler.RunAsync(async () => { await TaskOf(what); }),
            _ => scheduler.RunBlocking(what),
        };

        static int ResultOf(Action what)
        {
            what();
            return 1;
        }

        static async Task<int> TaskOf(Action what)
        {
            await Task.Yield();
            what();
            return 1;
        }

        static async GoroutineBody<int> BodyOf(Action what)
        {
            await Task.Yield();
            what();
            return 1;
        }
    }

    /// <summary>Counts what is told of exceptions with a message.</summary>
    private sealed class Told : IDisposable
    {
        private readonly string _message;
        private int _count;

        internal Told(string message)
        {
            _message = message;
            TaskScheduler.UnobservedTaskException += OnUnobserved;
        }

        internal int Count => Volatile.Read(ref _count);

        public void Dispose() => TaskScheduler.UnobservedTaskException -= OnUnobserved;

        private void OnUnobserved(object? sender, UnobservedTaskExceptionEventArgs e)
        {
            if (e.Exception.InnerException?.Message == _message)
                Interlocked.Increment(ref _count);
            e.SetObserved();
        }
    }
}
