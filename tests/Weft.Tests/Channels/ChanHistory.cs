using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using Weft.Tests.Support;

namespace Weft.Tests.Channels;

/// <summary>
/// A channel and what was done with it so far, by any thread. Each method returns when its operation has taken effect: when it has ended,
/// or is in the channel's queue.
/// </summary>
internal sealed class ChanHistory(int capacity, Scheduler scheduler)
{
    private readonly Chan<int> _channel = new(capacity);
    private readonly ConcurrentQueue<(string Name, Task<string> Outcome)> _operations = [];
    private readonly Lock _lock = new();
    private string[]? _outcomes;

    public void Send(string name, int value) => Add(name, SentAsync(_channel.SendAsync(value)));

    public void Receive(string name) => Add(name, ReceivedAsync(_channel.ReceiveOrClosedAsync()));

    public void SendInAGoroutine(string name, int value)
    {
        using var begun = new Gate();
        Add(name, scheduler.Start(() =>
        {
            SendAwaitable sending = _channel.SendAsync(value);
            begun.Open();
            return SentAsync(sending);
        }).Task);
        begun.Wait();
    }

    public void ReceiveInAGoroutine(string name)
    {
        using var begun = new Gate();
        Add(name, scheduler.Start(() =>
        {
            ReceiveOrClosedAwaitable<int> receiving = _channel.ReceiveOrClosedAsync();
            begun.Open();
            return ReceivedAsync(receiving);
        }).Task);
        begun.Wait();
    }

    public void SendInASelect(string name, int value)
    {
        var select = new Select();
        select.Send(_channel, value);
        Add(name, SentAsync(select));
    }

    public void ReceiveInASelect(string name)
    {
        var select = new Select();
        Add(name, ReceivedAsync(select, select.Receive(_channel)));
    }

    public void SendBlocking(string name, int value) => AddBlocking(name, () =>
    {
        try
        {
            _channel.Send(value);
            return ChanModel.Outcomes(true);
        }
        catch (ChannelClosedException)
        {
            return ChanModel.Closed;
        }
    });

    public void ReceiveBlocking(string name) => AddBlocking(name, () => Text(_channel.ReceiveOrClosed()));

    public void TrySend(string name, int value)
    {
        string outcome;
        try
        {
            outcome = ChanModel.Outcomes(_channel.TrySend(value));
        }
        catch (ChannelClosedException)
        {
            outcome = ChanModel.Closed;
        }

        Add(name, Task.FromResult(outcome));
    }

    public void TryReceive(string name) =>
        Add(name, Task.FromResult(_channel.TryReceive(out int value) ? ChanModel.Text(value) : ChanModel.Outcomes(false)));

    public void Count(string name) => Add(name, Task.FromResult(ChanModel.Text(_channel.Count)));

    public void Close(string name)
    {
        string outcome = ChanModel.Outcomes(true);
        try
        {
            _channel.Close();
        }
        catch (ChannelClosedException)
        {
            outcome = ChanModel.Closed;
        }

        Add(name, Task.FromResult(outcome));
    }

    /// <summary>As <see cref="ChanModel.Outcomes()"/>, once all threads are done. What still waits then is let go.</summary>
    public string[] Outcomes()
    {
        // Several orders are compared at once.
        lock (_lock)
            return _outcomes ??= TakeOutcomes();
    }

    private string[] TakeOutcomes()
    {
        (string Name, Task<string> Outcome)[] operations = [.. _operations];

        // One that has ended may still be on its way to tell. Without sleeps, which would take most of the time.
        long begin = Stopwatch.GetTimestamp();
        while (operations.Count(each => !each.Outcome.IsCompleted) != Waiting())
        {
            Assert.True(Stopwatch.GetElapsedTime(begin) < Limits.Hang, "An operation has not ended and is in no queue.");
            Thread.Yield();
        }

        string[] outcomes = ChanModel.Sorted(
            operations.Select(each => $"{each.Name} {(each.Outcome.IsCompleted ? each.Outcome.Result : ChanModel.Waits)}"));
        _channel.TryClose(null);
        return outcomes;
    }

    private int Waiting()
    {
        _channel.Lock();
        int waiting = _channel.QueueOf(isSend: true).Count() + _channel.QueueOf(isSend: false).Count();
        _channel.Unlock();
        return waiting;
    }

    private void Add(string name, Task<string> outcome) => _operations.Enqueue((name, outcome));

    private void AddBlocking(string name, Func<string> operation)
    {
        var outcome = new TaskCompletionSource<string>();
        var thread = new Thread(() => outcome.SetResult(operation())) { IsBackground = true };
        thread.Start();
        Add(name, outcome.Task);

        // The channel's lock is no managed wait: a thread that is in one is in the queue.
        while (!outcome.Task.IsCompleted && (thread.ThreadState & System.Threading.ThreadState.WaitSleepJoin) == 0)
            Thread.Yield();
    }

    private static string Text(Received<int> received) => received.HasValue ? ChanModel.Text(received.Value) : ChanModel.Closed;

    private static async Task<string> ReceivedAsync(ReceiveOrClosedAwaitable<int> receiving) => Text(await receiving);

    private static async Task<string> ReceivedAsync(Select select, ReceiveCase<int> receive)
    {
        await select.WaitAsync();
        return Text(new Received<int>(receive.Value, receive.HasValue));
    }

    private static async Task<string> SentAsync(SendAwaitable sending)
    {
        try
        {
            await sending;
            return ChanModel.Outcomes(true);
        }
        catch (ChannelClosedException)
        {
            return ChanModel.Closed;
        }
    }

    private static async Task<string> SentAsync(Select select)
    {
        try
        {
            await select.WaitAsync();
            return ChanModel.Outcomes(true);
        }
        catch (ChannelClosedException)
        {
            return ChanModel.Closed;
        }
    }
}
