using System.Diagnostics;
using Weft.Diagnostics;
using Weft.Runtime.Core;
using Weft.Runtime.Host;
using Weft.Runtime.Watching;
using Weft.Schedulers;

namespace Weft;

/// <summary>
/// Runs goroutines on threads of its own, made when needed, handed on when one blocks, and gone when there is nothing to do. Schedulers
/// are independent of each other: each has its own processors, threads and limits.
/// </summary>
/// <remarks>
/// All public members may be used from any thread. A scheduler with nothing to do has no thread; it needs no disposal for that. Disposing
/// it ends it.
/// </remarks>
/// <example>
/// <code>
/// using var scheduler = new Scheduler(new SchedulerOptions { MaxProcs = 2 });
/// int sum = scheduler.Run(async () =>
/// {
///     Goroutine&lt;int&gt; a = Go.Start(() => 20), b = Go.Start(() => 22);
///     return await a + await b;
/// });
/// </code>
/// </example>
[DebuggerDisplay("{DebugText,nq}")]
[DebuggerTypeProxy(typeof(DebugView))]
public sealed partial class Scheduler : IDisposable, IAsyncDisposable, IEngineListener
{
    /// <summary>The most processors a scheduler can have.</summary>
    public const int MaxProcsLimit = 1024;

    private readonly Engine _engine;
    private readonly bool _writesSuspicions;
    private bool _isDefault;

    // 1 while an event of a shortage waits for the pool: the next would say the same, and there may be hundreds a second.
    private int _isShortageTold;
    private GoroutineTaskScheduler? _taskScheduler;

    /// <summary>Makes a scheduler; its first thread is made when the first goroutine starts.</summary>
    /// <param name="options">What it may use; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public Scheduler(SchedulerOptions? options = null)
    {
        options ??= new SchedulerOptions();
        options.Validate();
        _engine = new Engine(this, options, static engine => new SystemMonitor(engine));
        _writesSuspicions = ScheduleTrace.Attach(_engine);
        SchedulerMetrics.Attach(_engine);
        Created?.Invoke(this);
    }

    /// <summary>
    /// Raised when a thread is wanted and cannot be had: for the first such request, and again for one that comes when the handlers have
    /// been called. On a thread of the pool, as soon as the pool has one.
    /// </summary>
    public event EventHandler<ThreadShortageEventArgs>? ThreadShortage;

    /// <summary>
    /// Raised with <see cref="UnhandledExceptionPolicy.Report"/> when an exception leaves a goroutine nobody can await, on the goroutine's
    /// thread.
    /// </summary>
    public event EventHandler<GoroutineExceptionEventArgs>? UnhandledException;

    /// <summary>Raised when a continuation arrives after the scheduler was disposed. On a thread of the pool.</summary>
    public event EventHandler<WorkRefusedEventArgs>? WorkRefused;

    /// <summary>
    /// Raised when the goroutines seem to be deadlocked and that is not certain, once for each sleep; never instead of a
    /// <see cref="DeadlockException"/>. On a thread of the pool. <c>WEFT_DEBUG=deadlock=1</c> has it written to standard error, too.
    /// </summary>
    public event EventHandler<DeadlockSuspectedEventArgs>? DeadlockSuspected;

    /// <summary>
    /// The scheduler of <see cref="Go"/> on threads that run no goroutine. It is made when it is first asked for, with the options that
    /// <see cref="Go.Configure"/> was given. It cannot be disposed.
    /// </summary>
    public static Scheduler Default => DefaultHolder.Instance;

    /// <summary><see cref="SchedulerOptions.Name"/>.</summary>
    public string Name => _engine.Options.Name;

    /// <summary>
    /// How many goroutines may run at the same time; 1 to <see cref="MaxProcsLimit"/>. May be set at any time; lowering it takes effect as
    /// goroutines reach their next await or blocking call.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 1 or more than <see cref="MaxProcsLimit"/>.</exception>
    /// <exception cref="ObjectDisposedException">Set after the scheduler was disposed.</exception>
    public int MaxProcs
    {
        get => _engine.MaxProcs;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(MaxProcs));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxProcsLimit, nameof(MaxProcs));
            Misuse.ThrowIfDisposed(_engine.IsStopping, Name, "MaxProcs cannot be set");
            _engine.SetMaxProcs(value);
        }
    }

    /// <summary><see cref="SchedulerOptions.MaxThreads"/>.</summary>
    public int MaxThreads => _engine.AllowedThreads.Threads;

    /// <summary>
    /// What it has done and what it holds now. Costs microseconds, more with many machines; also frees threads that have exited.
    /// </summary>
    public SchedulerStatistics Statistics => EngineReport.Statistics(_engine);

    /// <summary>
    /// Runs tasks as goroutines, for code that takes a <see cref="System.Threading.Tasks.TaskScheduler"/>: <c>Task.Factory.StartNew</c>,
    /// <c>Parallel.ForEachAsync</c>, Dataflow blocks. A task may block as a goroutine may; an exception stays in the task.
    /// </summary>
    /// <remarks>
    /// <para>
    /// An await inside a task comes back to the <see cref="System.Threading.Tasks.TaskScheduler"/> that the task runs on, as everywhere in
    /// .NET: to this one, or to one on top of it, such as the exclusive one of a <see cref="ConcurrentExclusiveSchedulerPair"/>, which
    /// keeps its exclusion. The rest of the task is another goroutine. A thread lock that a task takes holds until its first await at most.
    /// </para>
    /// <para>
    /// A task has no <see cref="SynchronizationContext"/>. So the monitor has to notice its managed waits (<c>lock</c>, <c>.Result</c>), as
    /// it does system calls, before other goroutines have the processor; where that is too slow, declare them with
    /// <see cref="Go.Blocking(Action)"/>.
    /// </para>
    /// <para>
    /// It sets no limit to the degree of parallelism. Give loops whose bodies block a <see cref="ParallelOptions.MaxDegreeOfParallelism"/>:
    /// <c>Parallel.For</c> without one starts a goroutine more for each that blocks.
    /// </para>
    /// <para>After the scheduler was disposed, tasks that come, and the rest of those that await, run on .NET's pool, so that they
    /// end.</para>
    /// </remarks>
    /// <example>
    /// <code>
    /// using var scheduler = new Scheduler();
    /// var options = new ParallelOptions { TaskScheduler = scheduler.TaskScheduler, MaxDegreeOfParallelism = 8 };
    /// await Parallel.ForEachAsync(urls, options, async (url, token) => await DownloadAsync(url, token));
    /// </code>
    /// </example>
    public TaskScheduler TaskScheduler =>
        _taskScheduler ?? Interlocked.CompareExchange(ref _taskScheduler, new GoroutineTaskScheduler(_engine), null) ?? _taskScheduler;

    /// <summary>Called with every scheduler that is made: tests learn from it which schedulers to ask when a test hangs.</summary>
    internal static Action<Scheduler>? Created { get; set; }

    internal Engine Engine => _engine;

    /// <summary>
    /// The goroutines that have waited at least once and not ended, and those that run or block now; by id. A picture of one moment: the
    /// scheduler runs on meanwhile. Costs a look at each goroutine.
    /// </summary>
    public IReadOnlyList<GoroutineInfo> GetGoroutines() => EngineReport.Goroutines(_engine);

    /// <summary>
    /// The goroutines of this scheduler that nothing can ever wake, by id: they are parked, and nothing that can still run can reach what
    /// they wait for. It is the goroutine leak profile of Go 1.27.
    /// </summary>
    /// <remarks>
    /// <para>
    /// Costs two full, blocking collections of .NET's heap, and a look at each parked goroutine of the process; what is sent to those
    /// meanwhile runs afterwards. Goroutines that block their thread are not among the results: their stacks count as reachable. A local
    /// variable of a method that is still running counts, too, to the end of that method if the code is not optimized.
    /// </para>
    /// <para>
    /// <b>Finalizers and weak references.</b> For the collector, what only leaked goroutines refer to is garbage, although it is kept: its
    /// finalizers run, and weak references to it are cleared. So a goroutine must not rely on an object that calls it back and that nothing
    /// but the goroutine refers to, other than weakly; and one that only a finalizer could wake, which registers its object again and
    /// again, is taken for leaked.
    /// </para>
    /// </remarks>
    /// <exception cref="InvalidOperationException">
    /// A region without collections is in force (<see cref="GC.TryStartNoGCRegion(long)"/>), or the process has a
    /// <see cref="FileSystemWatcher"/>: the framework itself refers to it weakly, so that a collection might end it for a goroutine that
    /// waits for its events.
    /// </exception>
    /// <example>
    /// <code>
    /// foreach (GoroutineInfo leaked in Scheduler.Default.FindLeakedGoroutines())
    ///     Console.Error.WriteLine($"leaked: {leaked}");
    /// </code>
    /// </example>
    public IReadOnlyList<GoroutineInfo> FindLeakedGoroutines() => LeakReport.Of(_engine);

    /// <summary>Writes what every processor, machine and goroutine is doing, a line each. For people: the form may change.</summary>
    /// <param name="to">Written to on the calling thread, after everything was looked at.</param>
    /// <example>
    /// <code>
    /// Scheduler.Default.WriteDump(Console.Error);
    /// </code>
    /// </example>
    public void WriteDump(TextWriter to)
    {
        ArgumentNullException.ThrowIfNull(to);
        SchedulerDump.Write(_engine, to);
    }

    /// <summary>
    /// Refuses new goroutines, waits until the code that runs now has come to its next await or its end and blocking calls have returned,
    /// joins every thread and unmaps every stack. Goroutines that have not ended by then never will: an await of one throws an
    /// <see cref="ObjectDisposedException"/>. A call that never returns makes this wait for <see cref="SchedulerOptions.DisposeTimeout"/>,
    /// which is infinite unless it is set.
    /// </summary>
    /// <remarks>
    /// May be called again, by any number of threads. When it throws for another reason than an <see cref="InvalidOperationException"/>,
    /// the disposal goes on without the caller, and comes to its end when the last call has returned.
    /// </remarks>
    /// <exception cref="InvalidOperationException">
    /// Called on a goroutine of this scheduler, which would wait for itself; or on <see cref="Default"/>.
    /// </exception>
    /// <exception cref="DisposeTimeoutException">Calls have not returned within <see cref="SchedulerOptions.DisposeTimeout"/>.</exception>
    /// <exception cref="ThreadInterruptedException">The calling thread was interrupted while it waited.</exception>
    public void Dispose()
    {
        RefuseIfDefault();
        RefuseOwnGoroutine();
        _engine.Stop(_engine.Options.DisposeTimeout);
    }

    /// <summary>
    /// The same without blocking the calling thread; unless the system refuses a thread that could wait in its place, for a fifth of a
    /// second.
    /// </summary>
    /// <exception cref="InvalidOperationException">As for <see cref="Dispose"/>.</exception>
    /// <exception cref="DisposeTimeoutException">As for <see cref="Dispose"/>; thrown by the await.</exception>
    public ValueTask DisposeAsync()
    {
        RefuseIfDefault();
        RefuseOwnGoroutine();
        return new ValueTask(_engine.StopAsync(_engine.Options.DisposeTimeout));
    }

    /// <inheritdoc/>
    public override string ToString() => $"Weft scheduler '{Name}'";

    void IEngineListener.OnThreadShortage(ThreadShortageCause cause, int threads, int error)
    {
        if (ThreadShortage is not EventHandler<ThreadShortageEventArgs> handler || Interlocked.Exchange(ref _isShortageTold, 1) != 0)
            return;
        var args = new ThreadShortageEventArgs(cause, threads, error);
        CleanThread.QueueToPool(
            _ =>
            {
                Volatile.Write(ref _isShortageTold, 0);
                handler(this, args);
            },
            null);
    }

    void IEngineListener.OnDeadlockSuspected(IReadOnlyList<GoroutineInfo> asleep)
    {
        if (DeadlockSuspected is EventHandler<DeadlockSuspectedEventArgs> handler)
            RaiseOnPool(handler, new DeadlockSuspectedEventArgs(asleep));
        if (_writesSuspicions)
            CleanThread.QueueToPool(_ => DeadlockSuspicion.Write(Name, asleep), null);
    }

    void IEngineListener.OnWorkRefused(Goroutine goroutine)
    {
        if (WorkRefused is EventHandler<WorkRefusedEventArgs> handler)
            RaiseOnPool(handler, new WorkRefusedEventArgs(goroutine));
    }

    private void RaiseOnPool<T>(EventHandler<T> handler, T args) => CleanThread.QueueToPool(_ => handler(this, args), null);

    bool IEngineListener.OnUnhandledException(Goroutine goroutine, Exception exception)
    {
        if (UnhandledException is not EventHandler<GoroutineExceptionEventArgs> handler)
            return false;
        handler(this, new GoroutineExceptionEventArgs(goroutine, exception));
        return true;
    }

    private static void Stop(Engine engine) => engine.Stop(engine.Options.DisposeTimeout);

    private void RefuseOwnGoroutine()
    {
        if (Machine.Calling?.Engine != _engine)
            return;
        throw new InvalidOperationException(
            $"Scheduler '{Name}' cannot be disposed by one of its own goroutines: it would wait for itself. Dispose it after Run has "
            + "returned, or by Task.Run. Code that did not start here may have come here by an await, such as one of ObserveOn.");
    }

    private void RefuseIfDefault()
    {
        if (_isDefault)
            throw new InvalidOperationException(
                "The default scheduler cannot be disposed; its threads end by themselves when there is nothing to do.");
    }
}
