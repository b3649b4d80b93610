using System.ComponentModel;
using System.Runtime.CompilerServices;
using Weft.Goroutines;

namespace Weft;

/// <content>Goroutines that start after a time.</content>
public static partial class Go
{
    /// <summary>Starts a goroutine after a time: Go's time.AfterFunc.</summary>
    /// <param name="duration">How long, at least; zero or less: at once; <see cref="TimeSpan.MaxValue"/>: never.</param>
    /// <param name="body">
    /// The body. It runs with the AsyncLocal values of the call that sets the timer. An exception that leaves it is handled as one that
    /// leaves what <see cref="Start(Action, string, int)"/> starts.
    /// </param>
    /// <param name="file">Supplied by the compiler.</param>
    /// <param name="line">Supplied by the compiler.</param>
    /// <returns>
    /// The timer. <see cref="GoTimer.Stop"/> says whether it came in time; <see cref="GoTimer.Reset"/> has the body run once more.
    /// </returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is null.</exception>
    /// <example>
    /// <code>
    /// GoTimer watchdog = Go.AfterFunc(TimeSpan.FromSeconds(30), () => Console.Error.WriteLine("no answer for 30 s"));
    /// Console.WriteLine(await Console.In.ReadLineAsync());
    /// watchdog.Stop();
    /// </code>
    /// </example>
    public static GoTimer AfterFunc(
        TimeSpan duration,
        Action body,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new GoTimer(Scheduler.CurrentEngine, engine => new ActionGoroutine(engine, body, file, line), duration);
    }

    /// <inheritdoc cref="AfterFunc(TimeSpan, Action, string, int)"/>
    public static GoTimer AfterFunc(
        TimeSpan duration,
        Func<Task> body,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new GoTimer(Scheduler.CurrentEngine, engine => new TaskGoroutine(engine, body, file, line), duration);
    }

    /// <summary>An error of the compiler, instead of a body that is lost: give an async lambda.</summary>
    /// <param name="duration">Not used.</param>
    /// <param name="body">Not used.</param>
    /// <typeparam name="TBody">The type of the body that is made.</typeparam>
    [OverloadResolutionPriority(1)]
    [Obsolete(GoroutineBodies.IsMadeOnly, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static GoTimer AfterFunc<TBody>(TimeSpan duration, Func<TBody> body)
        where TBody : struct, IGoroutineBody =>
        throw new NotSupportedException(GoroutineBodies.IsMadeOnly);
}
