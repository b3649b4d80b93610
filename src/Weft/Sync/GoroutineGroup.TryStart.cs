using System.Runtime.CompilerServices;
using Weft.Runtime.Running;

namespace Weft;

/// <content>Starting children only if that is possible at once.</content>
public sealed partial class GoroutineGroup
{
    /// <summary>
    /// Starts a child if fewer than <see cref="Limit"/> are under way and the group is not cancelled: errgroup's TryGo. Never waits.
    /// </summary>
    /// <param name="body">The child's body. An exception that leaves it is the group's.</param>
    /// <param name="file">Supplied by the compiler.</param>
    /// <param name="line">Supplied by the compiler.</param>
    /// <returns>The child; null if it was not started.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is null.</exception>
    /// <exception cref="ObjectDisposedException">The group or its scheduler is disposed.</exception>
    /// <example>
    /// <code>
    /// await using var group = new GoroutineGroup { Limit = 2 };
    /// if (group.TryStart(() => Console.WriteLine("in the background")) is null)
    ///     Console.WriteLine("here, as there is no room");
    /// </code>
    /// </example>
    public Goroutine? TryStart(Action body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        StartIfRoom(NotNull(body), BodyKind.Action, file, line);

    /// <inheritdoc cref="TryStart(Action, string, int)"/>
    /// <param name="body">The child's body; it is given <see cref="Token"/>. An exception that leaves it is the group's.</param>
    /// <param name="file">Supplied by the compiler.</param>
    /// <param name="line">Supplied by the compiler.</param>
    public Goroutine? TryStart(Action<CancellationToken> body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        StartIfRoom(Bind(NotNull(body)), BodyKind.Action, file, line);

    /// <inheritdoc cref="TryStart(Action, string, int)"/>
    public Goroutine? TryStart(Func<Task> body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        StartIfRoom(NotNull(body), BodyKind.AsynchronousAction, file, line);

    /// <inheritdoc cref="TryStart(Action{CancellationToken}, string, int)"/>
    public Goroutine? TryStart(
        Func<CancellationToken, Task> body,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        StartIfRoom(Bind(NotNull(body)), BodyKind.AsynchronousAction, file, line);
}
