using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Weft.Tests.Support;

namespace Weft.Tests.Diagnostics;

/// <summary>What a debugger evaluates: the line of each object, and the view behind it. Looking must not change anything.</summary>
public sealed partial class DebuggerViewTests
{
    public DebuggerViewTests() =>
        Assert.SkipUnless(RuntimeFeature.IsDynamicCodeSupported, "NativeAOT leaves out what only a debugger asks for by its name.");

    [Fact]
    public async Task Goroutine_Parked_ShowsItsLineAndMakesNoTask()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var gate = new TaskCompletionSource();
        Goroutine<bool> goroutine = scheduler.StartChecked(async () =>
        {
            Go.Current!.Name = "cleaner";
            await gate.Task;
        });
        await Limits.UntilParked(scheduler, 1, "it waits");
        Assert.StartsWith($"G{goroutine.Id} \"cleaner\": parked (await)", Line(goroutine), StringComparison.Ordinal);
        Dictionary<string, object?> view = View(goroutine);
        Assert.Equal(("cleaner", "await", goroutine.Id), (view["Name"], view["WaitReason"], view["Id"]));
        Assert.DoesNotContain("Completion", view.Keys);
        Assert.DoesNotContain("Task", view.Keys);
        gate.SetResult();
        await goroutine.Within();
    }

    [Fact]
    public async Task Chan_WithValuesAndWaiters_ShowsThem()
    {
        var numbers = new Chan<int>(2);
        numbers.TrySend(1);
        numbers.TrySend(2);
        numbers.TryReceive(out int _);
        numbers.TrySend(3);
        Assert.Equal("open, 2 of 2", Line(numbers));
        Task[] sending = [numbers.SendAsync(4).AsTask(), numbers.SendAsync(5).AsTask()];
        Assert.Equal("open, 2 of 2, 2 senders wait", Line(numbers));
        Assert.Equal([2, 3], Assert.IsType<int[]>(View(numbers)["Values"]));
        Assert.Equal(2, View(numbers)["WaitingSenders"]);
        for (int i = 0; i < 4; i++)
            await numbers.ReceiveAsync();
        await Task.WhenAll(sending);
        Task<int> receiving = numbers.ReceiveAsync().AsTask();
        Assert.Equal("open, 0 of 2, 1 receiver waits", Line(numbers));
        numbers.Close();
        await receiving;
        Assert.Equal("closed, 0 of 2", Line(numbers));
        Assert.Empty(Assert.IsType<string[]>(View(new Chan<string>())["Values"]));
    }

    [Fact]
    public async Task Select_WithEachKindOfCase_ShowsThem()
    {
        using var source = new CancellationTokenSource();
        var numbers = new Chan<int>(1);
        var select = new Select();
        SelectCase[] cases =
        [
            select.Receive(numbers), select.Receive<int>(null), select.Send(numbers, 1), select.Send<int>(null),
            select.Timeout(TimeSpan.FromSeconds(1)), select.Timeout(TimeSpan.MaxValue), select.Task(null), select.Task(Task.CompletedTask),
            select.Cancelled(source.Token), select.Cancelled(default),
        ];
        Assert.Equal("10 cases", Line(select));
        Assert.Equal(cases, Assert.IsType<SelectCase[]>(View(select)["Cases"]));
        string[] lines = [.. cases.Select(Line)];
        Assert.Equal(
            [
                "0: receive from open, 0 of 1", "1: receive (off)", "2: send to open, 0 of 1", "3: send (off)",
                "4: time-out after 00:00:01", "5: time-out (off)", "6: task (off)", $"7: task {Task.CompletedTask.Id} (RanToCompletion)",
                "8: cancellation", "9: cancellation (off)",
            ],
            lines);
        await source.CancelAsync();
        Assert.Equal("8: cancellation (has come)", Line(cases[8]));
        var waiting = new Select();
        waiting.Cancelled(source.Token);
        waiting.Receive(numbers);
        await waiting.WaitAsync();
        Assert.Equal("2 cases", Line(waiting));
    }

    [Fact]
    public async Task Scheduler_WithAGoroutine_ShowsIt()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 3);
        var gate = new TaskCompletionSource();
        Goroutine<bool> goroutine = scheduler.StartChecked(() => gate.Task);
        await Limits.UntilParked(scheduler, 1, "it waits");
        Assert.Matches($"^'{scheduler.Name}': 1 goroutines, \\d+ threads, MaxProcs = 3$", Line(scheduler));
        Dictionary<string, object?> view = View(scheduler);
        Assert.Equal([goroutine], Assert.IsType<Goroutine[]>(view["Goroutines"]));
        Assert.Equal((3, 1L, 0L), (view["MaxProcs"], view["GoroutinesStarted"], view["GoroutinesEnded"]));
        gate.SetResult();
        await goroutine.Within();
    }

    [Fact]
    public async Task GoroutineGroup_InEachState_ShowsIt()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var gate = new TaskCompletionSource();
        var group = new GoroutineGroup(scheduler) { Limit = 1 };
        group.Start(() => gate.Task);
        Assert.Equal("1 under way of 1", Line(group));
        Task waits = group.StartAsync(() => throw new InvalidDataException("mine")).AsTask();
        Assert.Equal("1 under way of 1, others wait for room", Line(group));
        gate.SetResult();
        await waits.Within(scheduler);
        await Assert.ThrowsAsync<InvalidDataException>(() => group.DisposeAsync().AsTask().Within(scheduler));
        Assert.Equal("0 under way of 1, 1 failed, cancelled, disposed", Line(group));
        Assert.Equal("mine", Assert.Single(Assert.IsType<Exception[]>(View(group)["Errors"])).Message);
    }

    [Fact]
    public async Task Locks_InEachState_ShowIt()
    {
        var @lock = new GoLock();
        Assert.Equal("free", Line(@lock));
        @lock.Lock();
        Task<GoLock.Releaser> waits = @lock.LockAsync().AsTask();
        Assert.StartsWith("locked, others wait", Line(@lock), StringComparison.Ordinal);
        @lock.Unlock();
        (await waits).Dispose();
        var done = new WaitGroup();
        done.Add(2);
        Task wait = done.WaitAsync().AsTask();
        Assert.Equal("counter = 2, others wait", Line(done));
        done.Add(-2);
        await wait;
        Assert.Equal("counter = 0", Line(done));
    }

    [Fact]
    public async Task Lines_InEachState_ShowIt()
    {
        var rwLock = new RWLock();
        Assert.Equal("free", Line(rwLock));
        rwLock.ReadLock();
        Task<RWLock.Releaser> writes = rwLock.LockAsync().AsTask();
        Task<RWLock.Releaser> reads = rwLock.ReadLockAsync().AsTask();
        Assert.Equal("1 read, writers wait, readers wait", Line(rwLock));
        rwLock.ReadUnlock();
        RWLock.Releaser written = await writes;
        Assert.Equal("written, readers wait", Line(rwLock));
        written.Dispose();
        (await reads).Dispose();

        var semaphore = new GoSemaphore(3);
        semaphore.Acquire(2);
        Assert.Equal("1 of 3 free", Line(semaphore));
        Task<GoSemaphore.Releaser> all = semaphore.AcquireAsync(3).AsTask();
        Assert.Equal("1 of 3 free, others wait", Line(semaphore));
        semaphore.Release(2);
        (await all).Dispose();

        var @lock = new GoLock();
        var cond = new Cond(@lock);
        Assert.Equal("nobody waits", Line(cond));
        @lock.Lock();
        Task signalled = cond.WaitAsync().AsTask();
        Assert.Equal("goroutines or threads wait", Line(cond));
        cond.Signal();
        await signalled;
        @lock.Unlock();

        var flights = new SingleFlight<string, int>();
        var gate = new TaskCompletionSource<int>();
        Task<int> flight = flights.RunAsync("key", () => gate.Task).AsTask();
        Assert.Equal("1 under way", Line(flights));
        gate.SetResult(1);
        await flight;
        Assert.Equal("0 under way", Line(flights));
    }

    [Fact]
    public void Timers_InEachState_ShowIt()
    {
        var timer = new GoTimer(TimeSpan.FromHours(1));
        Assert.Equal("active", Line(timer));
        timer.Stop();
        Assert.Equal("not active", Line(timer));
        using var ticker = new Ticker(TimeSpan.FromHours(1));
        Assert.Equal("every 01:00:00", Line(ticker));
        ticker.Stop();
        Assert.Equal("stopped", Line(ticker));
        ticker.Dispose();
        Assert.Equal("disposed", Line(ticker));
    }

    /// <summary>What the debugger shows behind the name: the text of DebuggerDisplay, with what it evaluates in braces.</summary>
    private static string Line(object shown)
    {
        string text = shown.GetType().GetCustomAttribute<DebuggerDisplayAttribute>(inherit: true)!.Value;
        return Hole().Replace(text, match => Member(shown, match.Groups[1].Value)!.ToString()!);
    }

    private static object? Member(object of, string name)
    {
        for (Type? type = of.GetType(); type is not null; type = type.BaseType)
        {
            const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
            if (type.GetProperty(name, Any) is PropertyInfo property)
                return property.GetValue(of);
        }

        throw new MissingMemberException(of.GetType().FullName, name);
    }

    /// <summary>What the debugger shows when the object is opened: each property of its view.</summary>
    private static Dictionary<string, object?> View(object shown)
    {
        string name = shown.GetType().GetCustomAttribute<DebuggerTypeProxyAttribute>(inherit: true)!.ProxyTypeName;
        Type type = Type.GetType(name, throwOnError: true)!;
        if (type.IsGenericTypeDefinition)
            type = type.MakeGenericType(shown.GetType().GetGenericArguments());
        const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        object view = Activator.CreateInstance(type, Any, null, [shown], null)!;
        return type.GetProperties().ToDictionary(property => property.Name, property => property.GetValue(view));
    }

    [GeneratedRegex(@"\{(\w+),nq\}")]
    private static partial Regex Hole();
}
