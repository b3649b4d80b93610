using System.Globalization;
using System.Text;

namespace Weft;

/// <summary>
/// Every goroutine is asleep, and nothing that the program can still reach could wake main: it is certain that main never ends.
/// <see cref="Exception.Message"/> names each goroutine, what it waits for, since when, and where it was started. Thrown by
/// <see cref="Go.Run(Action, string, int)"/> and <see cref="Scheduler.Run(Action, string, int)"/> unless
/// <see cref="DeadlockDetection.Off"/> is set.
/// </summary>
/// <example>
/// <code>
/// try
/// {
///     Go.Run(async () => await Go.SleepAsync(TimeSpan.MaxValue));
/// }
/// catch (DeadlockException e)
/// {
///     Console.WriteLine(e.Message);
/// }
/// </code>
/// </example>
public sealed class DeadlockException : InvalidOperationException
{
    internal DeadlockException(string message, IReadOnlyList<GoroutineInfo> goroutines)
        : base(message) => Goroutines = goroutines;

    /// <summary>The exception for goroutines that are asleep for good, with a line for each.</summary>
    internal static DeadlockException For(IReadOnlyList<GoroutineInfo> asleep)
    {
        if (asleep.Count == 0)
            return new DeadlockException("no goroutines (main called Go.Exit) - deadlock!", asleep);
        var text = new StringBuilder("all goroutines are asleep - deadlock!");
        foreach (GoroutineInfo goroutine in asleep)
            text.AppendLine().Append("  ").Append(goroutine);
        return new DeadlockException(text.ToString(), asleep);
    }

    /// <summary>The goroutines that are stuck, as they were when that was found; empty when main has exited and none is left.</summary>
    public IReadOnlyList<GoroutineInfo> Goroutines { get; }
}

/// <summary>
/// The disposal of a scheduler has lasted for <see cref="SchedulerOptions.DisposeTimeout"/>, and code of its goroutines had not returned.
/// <see cref="Exception.Message"/> names each goroutine, where it was started, and its thread. Thrown by <see cref="Scheduler.Dispose"/>
/// and <see cref="Scheduler.DisposeAsync"/>.
/// </summary>
/// <remarks>
/// Nothing was taken from anybody: the threads stay with those goroutines, and so does the monitor. If the code returns one day, the
/// disposal comes to its end by itself, and awaits of goroutines that have not ended by then fail. To dispose the scheduler once
/// more waits for that again.
/// </remarks>
/// <example>
/// <code>
/// var scheduler = new Scheduler(new SchedulerOptions { DisposeTimeout = TimeSpan.FromSeconds(10) });
/// try
/// {
///     scheduler.Dispose();
/// }
/// catch (DisposeTimeoutException e)
/// {
///     Console.Error.WriteLine(e.Message);
/// }
/// </code>
/// </example>
public sealed class DisposeTimeoutException : TimeoutException
{
    internal DisposeTimeoutException(string message, IReadOnlyList<UnreturnedCall> calls)
        : base(message) => Calls = calls;

    /// <summary>The exception for a scheduler whose disposal has lasted that long, with a line for each call.</summary>
    internal static DisposeTimeoutException For(string scheduler, TimeSpan timeout, IReadOnlyList<UnreturnedCall> calls)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Scheduler '{scheduler}' is not disposed after {timeout.TotalSeconds:0.###} s: ");
        text.Append(calls.Count == 0
            ? "its threads are still on their way out."
            : "these goroutines run code that has not returned, and keep their threads until it does:");
        foreach (UnreturnedCall call in calls)
            text.AppendLine().Append(CultureInfo.InvariantCulture, $"  {call}");
        return new DisposeTimeoutException(text.ToString(), calls);
    }

    /// <summary>The goroutines that were running code, by id.</summary>
    public IReadOnlyList<UnreturnedCall> Calls { get; }
}

/// <summary>A goroutine that ran code when the disposal of its scheduler gave up on it.</summary>
public sealed class UnreturnedCall
{
    internal UnreturnedCall(GoroutineInfo goroutine, int threadId) => (Goroutine, ThreadId) = (goroutine, threadId);

    /// <summary>The goroutine as it was then: blocked, or running.</summary>
    public GoroutineInfo Goroutine { get; }

    /// <summary>The system's id of its thread, as debuggers and <c>/proc</c> show it.</summary>
    public int ThreadId { get; }

    /// <summary>A line as the exception's message shows it. For people: the form may change.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Goroutine}, on thread {ThreadId}");
}

/// <summary>
/// An explicit request for a thread of its own could not be met: the scheduler has <see cref="SchedulerOptions.MaxThreads"/> threads, or
/// the system refused one. Thrown by <see cref="Go.LockOSThreadAsync"/>; work that does not ask waits instead, and
/// <see cref="Scheduler.ThreadShortage"/> tells.
/// </summary>
public sealed class ThreadLimitException : InvalidOperationException
{
    internal ThreadLimitException(string message)
        : base(message)
    {
    }
}
