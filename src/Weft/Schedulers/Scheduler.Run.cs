using System.Runtime.CompilerServices;
using Weft.Goroutines;
using Weft.Runtime.Running;

namespace Weft;

/// <content>Main goroutines.</content>
public sealed partial class Scheduler
{
    /// <summary>
    /// Runs <paramref name="main"/> as a goroutine and returns when it has ended; other goroutines may live on. The calling thread waits.
    /// </summary>
    /// <param name="main">The body; an exception that leaves it is thrown here.</param>
    /// <param name="file">Supplied by the compiler.</param>
    /// <param name="line">Supplied by the compiler.</param>
    /// <exception cref="ArgumentNullException"><paramref name="main"/> is null.</exception>
    /// <exception cref="DeadlockException">Every goroutine is asleep, and it is certain that nothing can wake main.</exception>
    /// <exception cref="ObjectDisposedException">The scheduler is disposed, or is disposed before main ends.</exception>
    /// <example>
    /// <code>
    /// using var scheduler = new Scheduler(new SchedulerOptions { Name = "main" });
    /// int length = scheduler.Run(async () => (await File.ReadAllTextAsync("/etc/hostname")).Length);
    /// </code>
    /// </example>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(Action main, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        RunMain<object?>(NotNull(main), BodyKind.Action, file, line);

    /// <inheritdoc cref="Run(Action, string, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(Func<Task> main, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        RunMain<object?>(NotNull(main), BodyKind.AsynchronousAction, file, line);

    /// <inheritdoc cref="Run(Action, string, int)"/>
    [OverloadResolutionPriority(1)]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(Func<GoroutineBody> main, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        RunMain<object?>(NotNull(main), BodyKind.BodyAction, file, line);

    /// <summary>
    /// Runs <paramref name="main"/> as a goroutine and returns its result; other goroutines may live on. The calling thread waits.
    /// </summary>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <returns>What main returned.</returns>
    /// <inheritdoc cref="Run(Action, string, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public TResult Run<TResult>(Func<TResult> main, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        RunMain<TResult>(NotNull(main), BodyKind.Function, file, line);

    /// <summary>
    /// Runs <paramref name="main"/> as a goroutine and returns its result; other goroutines may live on. The calling thread waits.
    /// </summary>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <returns>What main returned.</returns>
    /// <inheritdoc cref="Run(Action, string, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public TResult Run<TResult>(Func<Task<TResult>> main, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        RunMain<TResult>(NotNull(main), BodyKind.AsynchronousFunction, file, line);

    /// <inheritdoc cref="Run{TResult}(Func{TResult}, string, int)"/>
    [OverloadResolutionPriority(1)]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public TResult Run<TResult>(Func<GoroutineBody<TResult>> main, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        RunMain<TResult>(NotNull(main), BodyKind.BodyFunction, file, line);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private TResult RunMain<TResult>(object main, BodyKind kind, string file, int line)
    {
        Goroutine<TResult> goroutine = Launch(new Goroutine<TResult>(_engine, main, kind, file, line));
        _engine.WaitForMain(goroutine);
        return goroutine.Task.GetAwaiter().GetResult();
    }
}
