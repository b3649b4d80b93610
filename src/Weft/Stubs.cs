#pragma warning disable
using System.Runtime.CompilerServices;
namespace Weft;
public struct YieldAwaitable { public YieldAwaiter GetAwaiter() => default; public struct YieldAwaiter : INotifyCompletion { public bool IsCompleted => false; public void GetResult() { } public void OnCompleted(Action a) { } } }
public static class Go
{
    public static Goroutine Start(Action body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => throw new NotSupportedException();
    public static Goroutine Start(Func<Task> body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => throw new NotSupportedException();
    public static Goroutine Start<TState>(Action<TState> body, TState state, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => throw new NotSupportedException();
    public static Goroutine Start<TState>(Func<TState, Task> body, TState state, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => throw new NotSupportedException();
    public static Goroutine<TResult> Start<TResult>(Func<TResult> body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => throw new NotSupportedException();
    public static Goroutine<TResult> Start<TResult>(Func<Task<TResult>> body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => throw new NotSupportedException();
    public static void Run(Action main) => throw new NotSupportedException();
    public static void Run(Func<Task> main) => throw new NotSupportedException();
    public static T Run<T>(Func<T> main) => throw new NotSupportedException();
    public static T Run<T>(Func<Task<T>> main) => throw new NotSupportedException();
    public static YieldAwaitable Yield() => default;
    public static ValueTask SleepAsync(TimeSpan duration, CancellationToken cancellationToken = default) => default;
    public static void Sleep(TimeSpan duration) { }
    public static void Blocking(Action call) { }
    public static T Blocking<T>(Func<T> call) => call();
    public static ThreadLock LockOSThread(ThreadLockOptions options = ThreadLockOptions.None) => default;
    public static ValueTask<ThreadLock> LockOSThreadAsync(ThreadLockOptions options = ThreadLockOptions.None) => default;
    public static void UnlockOSThread() { }
    public static void Exit() { }
    public static Goroutine? Current => null;
}
public class Goroutine : SynchronizationContext { internal Goroutine() { } public long Id => 0; public Scheduler Scheduler => null!; public GoroutineStatus Status => default; public Task Completion => null!; public string StartedAt => ""; internal void UnlockFromThread() { } }
public sealed class Goroutine<TResult> : Goroutine { public Task<TResult> Task => null!; public TaskAwaiter<TResult> GetAwaiter() => Task.GetAwaiter(); }
public enum ThreadShortageCause { Limit, Refused }
public sealed class ThreadShortageEventArgs : EventArgs { public ThreadShortageCause Cause { get; } public int Threads { get; } public int ErrorNumber { get; } }
public sealed class GoroutineExceptionEventArgs : EventArgs { public Goroutine Goroutine => null!; public Exception Exception => null!; }
public sealed class WorkRefusedEventArgs : EventArgs { }
public sealed class Scheduler : IDisposable, IAsyncDisposable
{
    public const int MaxProcsLimit = 1024;
    public Scheduler(SchedulerOptions? options = null) { }
    public static Scheduler Default => throw new NotSupportedException();
    public Goroutine Start(Action body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => throw new NotSupportedException();
    public Goroutine Start(Func<Task> body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => throw new NotSupportedException();
    public Goroutine Start<TState>(Action<TState> body, TState state, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => throw new NotSupportedException();
    public Goroutine Start<TState>(Func<TState, Task> body, TState state, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => throw new NotSupportedException();
    public Goroutine<TResult> Start<TResult>(Func<TResult> body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => throw new NotSupportedException();
    public Goroutine<TResult> Start<TResult>(Func<Task<TResult>> body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => throw new NotSupportedException();
    public void Run(Action main) => throw new NotSupportedException();
    public void Run(Func<Task> main) => throw new NotSupportedException();
    public T Run<T>(Func<T> main) => throw new NotSupportedException();
    public T Run<T>(Func<Task<T>> main) => throw new NotSupportedException();
    public string Name => ""; public int MaxProcs { get; set; } public int MaxThreads => 0;
    public SchedulerStatistics Statistics => new();
    public TaskScheduler TaskScheduler => null!;
    public IReadOnlyList<GoroutineInfo> GetGoroutines() => [];
    public void WriteDump(TextWriter to) { }
    public event EventHandler<ThreadShortageEventArgs>? ThreadShortage;
    public event EventHandler<GoroutineExceptionEventArgs>? UnhandledException;
    public event EventHandler<WorkRefusedEventArgs>? WorkRefused;
    public void Dispose() { }
    public ValueTask DisposeAsync() => default;
}
