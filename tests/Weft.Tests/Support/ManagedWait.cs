using System.Collections.Concurrent;

namespace Weft.Tests.Support;

/// <summary>One way of .NET to block a thread: <see cref="Begin"/> returns only after <see cref="End"/> was called elsewhere.</summary>
internal sealed class ManagedWait : IDisposable
{
    private readonly Action _begin;
    private readonly Action _end;
    private readonly IDisposable? _resource;

    private ManagedWait(Action begin, Action end, IDisposable? resource = null) => (_begin, _end, _resource) = (begin, end, resource);

    public static ManagedWait Create(string kind)
    {
        switch (kind)
        {
            case "lock":
                return Contended(new object(), Monitor.Enter, Monitor.Exit);
            case "Lock":
                return Contended(new Lock(), gate => gate.Enter(), gate => gate.Exit());
            case "Monitor.Wait":
                return MonitorWait();
            case "ManualResetEvent":
                var manual = new ManualResetEvent(false);
                return new(() => manual.WaitOne(), () => manual.Set(), manual);
            case "ManualResetEventSlim":
                var slim = new ManualResetEventSlim();
                return new(slim.Wait, slim.Set, slim);
            case "SemaphoreSlim":
                var semaphoreSlim = new SemaphoreSlim(0);
                return new(semaphoreSlim.Wait, () => semaphoreSlim.Release(), semaphoreSlim);
            case "Semaphore":
                var semaphore = new Semaphore(0, 1);
                return new(() => semaphore.WaitOne(), () => semaphore.Release(), semaphore);
            case "Task.Wait":
                var source = new TaskCompletionSource();
                return new(source.Task.Wait, source.SetResult);
            case "WaitAny":
                WaitHandle[] handles = [new ManualResetEvent(false), new AutoResetEvent(false)];
                return new(() => WaitHandle.WaitAny(handles), () => ((AutoResetEvent)handles[1]).Set());
            case "BlockingCollection":
                var collection = new BlockingCollection<int>();
                return new(() => collection.Take(), () => collection.Add(1), collection);
            case "Barrier":
                var barrier = new Barrier(2);
                return new(barrier.SignalAndWait, barrier.SignalAndWait, barrier);
            case "Thread.Join":
                var ended = new ManualResetEvent(false);
                var thread = new Thread(() => ended.WaitOne()) { IsBackground = true };
                thread.Start();
                return new(thread.Join, () => ended.Set(), ended);
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, null);
        }
    }

    public void Begin() => _begin();

    public void End() => _end();

    public void Dispose() => _resource?.Dispose();

    // A plain thread holds the gate until End.
    private static ManagedWait Contended<T>(T gate, Action<T> enter, Action<T> exit)
    {
        var held = new ManualResetEvent(false);
        var released = new ManualResetEvent(false);
        var holder = new Thread(() =>
        {
            enter(gate);
            held.Set();
            released.WaitOne();
            exit(gate);
        })
        { IsBackground = true };
        holder.Start();
        held.WaitOne();
        return new(
            () =>
            {
                enter(gate);
                exit(gate);
            },
            () => released.Set());
    }

    private static ManagedWait MonitorWait()
    {
        object gate = new();
        bool ended = false;
        return new(
            () =>
            {
                lock (gate)
                {
                    while (!ended)
                        Monitor.Wait(gate);
                }
            },
            () =>
            {
                lock (gate)
                {
                    ended = true;
                    Monitor.PulseAll(gate);
                }
            });
    }
}
