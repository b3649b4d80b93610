namespace Weft.Stress.Scenarios;

/// <summary>A goroutine of scenario <see cref="Flows"/>: a tree of flows that run side by side.</summary>
/// <param name="seed">Of its choices.</param>
/// <param name="mayBeDisposed">
/// Whether its scheduler goes while it runs: then it does not sleep by Weft's timers, which end with the scheduler, so that each flow ends.
/// </param>
internal sealed class FlowRoot(int seed, bool mayBeDisposed)
{
    private const int MaxDepth = 3;

    private readonly AsyncLocal<int> _value = new();
    private readonly CancellationTokenSource _cancel = new();
    private string? _violation;
    private int _begun;
    private int _ended;
    private int _posts;
    private int _postsRun;
    private int _isOver;

    /// <summary>The first rule that was seen broken, or null.</summary>
    public string? Violation => Volatile.Read(ref _violation);

    public int Begun => Volatile.Read(ref _begun);

    public int Posts => Volatile.Read(ref _posts);

    /// <summary>Whether nothing of it runs any more. One that a disposal kept from beginning has nothing that could.</summary>
    public bool HasEnded =>
        Volatile.Read(ref _ended) == Volatile.Read(ref _begun) && Volatile.Read(ref _postsRun) == Volatile.Read(ref _posts);

    /// <summary>The body of the goroutine.</summary>
    public async Task<bool> RunAsync()
    {
        var random = new Random(seed);
        Task[] flows = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => FlowAsync(random.Next(), MaxDepth))];
        if (random.Next(3) == 0)
            await _cancel.CancelAsync();
        await SettledAsync(flows);
        Require(flows.All(static flow => flow.IsCompleted), "WhenAll came back before its flows had ended");
        Require(Interlocked.Exchange(ref _isOver, 1) == 0, "a goroutine's body ended twice");
        return true;
    }

    /// <summary>One flow: some steps, which may begin others.</summary>
    private async Task FlowAsync(int flowSeed, int depth)
    {
        Interlocked.Increment(ref _begun);
        var random = new Random(flowSeed);
        _value.Value = flowSeed;
        try
        {
            for (int i = random.Next(1, 5); i > 0; i--)
            {
                await StepAsync(random, depth);
                Require(_value.Value == flowSeed, "a flow has another flow's AsyncLocal value");
            }

            if (random.Next(6) == 0)
                throw new PlannedException(flowSeed);
        }
        finally
        {
            Interlocked.Increment(ref _ended);
        }
    }

    private async Task StepAsync(Random random, int depth)
    {
        switch (random.Next(10))
        {
            case 0:
                await Task.Yield();
                break;
            case 1 when !mayBeDisposed:
                await Go.SleepAsync(TimeSpan.FromMicroseconds(random.Next(100)), _cancel.Token);
                break;
            case 2:
                await Task.Delay(random.Next(3), _cancel.Token);
                break;
            case 3:
                await Task.Yield();
                Thread.Sleep(random.Next(2));
                break;
            case 4:
                await PostAsync(random);
                break;
            case 5 when depth > 0:
                await ChildAsync(random.Next(), depth - 1);
                break;
            case 6 when depth > 0:
                await Task.Yield();
                Wait(ChildAsync(random.Next(), depth - 1), random.Next(3));
                break;
            case 7 when depth > 0:
                int flowSeed = random.Next();
                await SettledAsync([.. Enumerable.Range(0, 3).Select(i => FlowAsync(flowSeed + i, depth - 1))]);
                break;
            case 8:
                await Task.Run(static () => Thread.Yield());
                break;
            default:
                await Go.Yield();
                break;
        }
    }

    /// <summary>Posts to the context of the flows, and awaits that it ran, in a flow of its own.</summary>
    private async Task PostAsync(Random random)
    {
        await Task.Yield();
        var context = SynchronizationContext.Current;
        if (context is null)
            return; // the scheduler was disposed: this goes on on the pool
        var ran = new TaskCompletionSource();
        bool blocks = random.Next(2) == 0;
        Interlocked.Increment(ref _posts);
        context.Post(
            _ =>
            {
                if (blocks)
                    Thread.Sleep(1);
                Interlocked.Increment(ref _postsRun);
                Require(ran.TrySetResult(), "what was posted ran twice");
            },
            null);
        if (random.Next(2) == 0)
            await ran.Task;
        else
            ran.Task.Wait();
    }

    /// <summary>A flow whose planned outcome stays here.</summary>
    private async Task ChildAsync(int flowSeed, int depth)
    {
        Task flow = FlowAsync(flowSeed, depth);
        try
        {
            await flow;
        }
        catch (PlannedException e)
        {
            Require(flow.IsFaulted && e == flow.Exception!.InnerException, "an await threw another flow's exception");
        }
    }

    private static void Wait(Task task, int how)
    {
        try
        {
            if (how == 0)
                Go.Blocking(task.Wait);
            else if (how == 1)
                task.GetAwaiter().GetResult();
            else
                task.Wait();
        }
        catch (AggregateException e) when (e.InnerException is OperationCanceledException cancelled)
        {
            throw cancelled;
        }
    }

    /// <summary>Awaits all, and looks at how each has ended: well, as planned, or cancelled.</summary>
    private async Task SettledAsync(Task[] flows)
    {
        try
        {
            await Task.WhenAll(flows);
        }
        catch (Exception e) when (e is PlannedException or OperationCanceledException)
        {
        }

        foreach (Task flow in flows)
        {
            Require(
                flow.IsCompletedSuccessfully || flow.IsCanceled || flow.Exception!.InnerException is PlannedException,
                $"a flow ended otherwise than it was to: {flow.Exception}");
        }
    }

    private void Require(bool condition, string rule)
    {
        if (!condition)
            Interlocked.CompareExchange(ref _violation, rule, null);
    }

    private sealed class PlannedException(int flowSeed) : Exception($"planned, of the flow of seed {flowSeed}");
}
