using Weft.Tests.Support;

namespace Weft.Tests.Channels.Selecting;

/// <summary>Selects as one expression: which handler runs, and that an asynchronous one has ended when RunAsync returns.</summary>
public sealed class SelectExpressionTests
{
    private static readonly CancellationToken s_cancelled = new(canceled: true);

    public static TheoryData<string, Func<Select, Func<Task>, Select>> AsynchronousHandlers => new()
    {
        { "receive", (select, then) => select.OnReceive(Full(), _ => then()) },
        { "receive or closed", (select, then) => select.OnReceiveOrClosed(Full(), _ => then()) },
        { "send", (select, then) => select.OnSend(new Chan<int>(1), 1, then) },
        { "timeout", (select, then) => select.OnTimeout(TimeSpan.Zero, then) },
        { "task", (select, then) => select.OnTask(Task.CompletedTask, then) },
        { "cancelled", (select, then) => select.OnCancelled(s_cancelled, then) },
        { "default", (select, then) => select.OnDefault(then) },
    };

    // As a user writes them: the compiler must not take them for actions.
    public static TheoryData<string, Func<Select, Chan<int>, Select>> SendingHandlers => new()
    {
        { "receive", (select, other) => select.OnReceive(Full(), n => other.SendAsync(n)) },
        { "receive or closed", (select, other) => select.OnReceiveOrClosed(Full(), n => other.SendAsync(n.Value)) },
        { "send", (select, other) => select.OnSend(new Chan<int>(1), 1, () => other.SendAsync(1)) },
        { "timeout", (select, other) => select.OnTimeout(TimeSpan.Zero, () => other.SendAsync(1)) },
        { "task", (select, other) => select.OnTask(Task.CompletedTask, () => other.SendAsync(1)) },
        { "cancelled", (select, other) => select.OnCancelled(s_cancelled, () => other.SendAsync(1)) },
        { "default", (select, other) => select.OnDefault(() => other.SendAsync(1)) },
        { "value task", (select, other) => select.OnReceive(Full(), n => new ValueTask(other.SendAsync(n).AsTask())) },
    };

    public static TheoryData<string, Func<Select, Action, Select>> Handlers => new()
    {
        { "receive", (select, then) => select.OnReceive(Full(), _ => then()) },
        { "receive or closed", (select, then) => select.OnReceiveOrClosed(Full(), _ => then()) },
        { "send", (select, then) => select.OnSend(new Chan<int>(1), 1, then) },
        { "timeout", (select, then) => select.OnTimeout(TimeSpan.Zero, then) },
        { "task", (select, then) => select.OnTask(Task.CompletedTask, then) },
        { "cancelled", (select, then) => select.OnCancelled(s_cancelled, then) },
        { "default", (select, then) => select.OnDefault(then) },
    };

    [Theory]
    [MemberData(nameof(AsynchronousHandlers))]
    public async Task RunAsync_AsynchronousHandler_ReturnsWhenItHasEnded(string kind, Func<Select, Func<Task>, Select> add)
    {
        var gate = new TaskCompletionSource();
        bool ended = false;
        Task<int> running = add(new Select(), async () =>
        {
            await gate.Task;
            ended = true;
        }).RunAsync().AsTask();
        Assert.False(running.IsCompleted, kind);
        gate.SetResult();
        Assert.Equal(kind == "default" ? -1 : 0, await running);
        Assert.True(ended, kind);
    }

    [Theory]
    [MemberData(nameof(SendingHandlers))]
    public async Task RunAsync_HandlerThatSendsWithoutAsync_ReturnsWhenTheValueIsTaken(string kind, Func<Select, Chan<int>, Select> add)
    {
        var other = new Chan<int>();
        Task<int> running = add(new Select(), other).RunAsync().AsTask();
        Assert.False(running.IsCompleted, kind);
        Assert.Equal(1, await other.ReceiveAsync().AsTask().WaitAsync(Limits.Hang));
        Assert.Equal(kind == "default" ? -1 : 0, await running.WaitAsync(Limits.Hang));
    }

    [Theory]
    [MemberData(nameof(Handlers))]
    public async Task RunAsync_Handler_IsCalledOnce(string kind, Func<Select, Action, Select> add)
    {
        int calls = 0;
        Assert.Equal(kind == "default" ? -1 : 0, await add(new Select(), () => calls++).RunAsync());
        Assert.Equal(1, calls);
    }

    [Theory]
    [MemberData(nameof(AsynchronousHandlers))]
    public async Task RunAsync_AsynchronousHandlerFails_ThrowsThat(string kind, Func<Select, Func<Task>, Select> add)
    {
        Select select = add(new Select(), async () =>
        {
            await Task.Yield();
            throw new InvalidOperationException(kind);
        });
        Assert.Equal(kind, (await Assert.ThrowsAsync<InvalidOperationException>(async () => await select.RunAsync())).Message);
    }

    [Theory]
    [MemberData(nameof(AsynchronousHandlers))]
    public async Task RunAsync_HandlerGivesNull_IsToldSo(string kind, Func<Select, Func<Task>, Select> add)
    {
        Select select = add(new Select(), () => null!);
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(async () => await select.RunAsync());
        Assert.True(thrown.Message.Contains("Task.CompletedTask", StringComparison.Ordinal), kind);
    }

    [Theory]
    [MemberData(nameof(Handlers))]
    public void WaitAsync_WithHandlers_IsRefusedAndTakesNothing(string kind, Func<Select, Action, Select> add)
    {
        int calls = 0;
        var numbers = new Chan<int>(1);
        numbers.TrySend(1);
        Select select = add(new Select().OnReceive(numbers), () => calls++);
        string message = Assert.Throws<InvalidOperationException>(() => select.WaitAsync()).Message;
        Assert.StartsWith("WaitAsync would not call the handlers", message, StringComparison.Ordinal);
        Assert.Contains("RunAsync", message, StringComparison.Ordinal);
        Assert.StartsWith("TryWait", Assert.Throws<InvalidOperationException>(() => select.TryWait()).Message, StringComparison.Ordinal);
        Assert.True(calls == 0, kind);
        Assert.Equal(1, numbers.Count);
    }

    [Fact]
    public async Task RunAsync_WithoutHandlers_TellsTheIndex()
    {
        Assert.Equal(1, await new Select().OnReceive<int>(null).OnReceive(Full()).RunAsync());
        Assert.Equal(0, (await new Select().OnReceiveOrClosed(Full()).WaitAsync()).Index);
    }

    [Fact]
    public async Task RunAsync_OnAGoroutine_HandlersStayOnIt()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            Goroutine? self = Go.Current;
            Goroutine? seen = null;
            await new Select().OnReceive(Full(), async _ =>
            {
                await Go.Yield();
                seen = Go.Current;
            }).RunAsync();
            Assert.Same(self, seen);
        }).Within();
    }

    [Fact]
    public void OnReceive_NoHandlerWhereOneIsNeeded_NamesIt()
    {
        Assert.Equal("then", Assert.Throws<ArgumentNullException>(() => new Select().OnReceive(Full(), (Func<int, Task>)null!)).ParamName);
        Assert.Equal(
            "then", Assert.Throws<ArgumentNullException>(() => new Select().OnReceive(Full(), (Func<int, ValueTask>)null!)).ParamName);
        Assert.Equal("then", Assert.Throws<ArgumentNullException>(() => new Select().OnTimeout(default, (Func<Task>)null!)).ParamName);
        Assert.Equal("then", Assert.Throws<ArgumentNullException>(() => new Select().OnDefault((Action)null!)).ParamName);
    }

    private static Chan<int> Full()
    {
        var channel = new Chan<int>(1);
        channel.TrySend(1);
        return channel;
    }
}
