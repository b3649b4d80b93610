using System.Collections.Concurrent;

namespace Weft.Tests.Support;

/// <summary>A <see cref="SynchronizationContext"/> with one thread, as a user interface has it.</summary>
internal sealed class PumpContext : SynchronizationContext, IDisposable
{
    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _posted = [];
    private readonly Thread _thread;

    public PumpContext()
    {
        _thread = new Thread(Pump) { IsBackground = true, Name = "pump" };
        _thread.Start();
    }

    /// <summary>Whether the calling code runs on it.</summary>
    public bool IsCurrent => Current == this && Thread.CurrentThread == _thread;

    /// <summary>Runs something there.</summary>
    public Task<T> Run<T>(Func<Task<T>> body)
    {
        var result = new TaskCompletionSource<Task<T>>();
        Post(_ => result.SetResult(body()), null);
        return result.Task.Unwrap();
    }

    public override void Post(SendOrPostCallback d, object? state) => _posted.Add((d, state));

    public override SynchronizationContext CreateCopy() => this;

    public void Dispose()
    {
        _posted.CompleteAdding();
        _thread.Join();
        _posted.Dispose();
    }

    private void Pump()
    {
        SetSynchronizationContext(this);
        foreach ((SendOrPostCallback callback, object? state) in _posted.GetConsumingEnumerable())
            callback(state);
    }
}
