using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Weft.Runtime.Running;
using Weft.Sync;

namespace Weft;

/// <summary>
/// Runs a body once for all that ask for the same key at the same time, and gives its result, or its exception, to each of them: Go's
/// <c>singleflight</c>. It keeps no result: a call that comes after the end runs the body anew.
/// </summary>
/// <remarks>
/// <para>
/// The body runs in a goroutine of its own, on the scheduler of the first caller (outside goroutines, the default one). So a caller whose
/// token is cancelled leaves, and the body goes on for the others.
/// </para>
/// <para>All members may be used from any thread, inside goroutines and outside.</para>
/// </remarks>
/// <typeparam name="TKey">What tells one piece of work from another.</typeparam>
/// <typeparam name="TResult">The type of the results.</typeparam>
/// <example>
/// <code>
/// private readonly SingleFlight&lt;string, Profile&gt; _loading = new();
///
/// public ValueTask&lt;Profile&gt; LoadAsync(string user, CancellationToken token) =>
///     _loading.RunAsync(user, async () => await FetchProfileAsync(user), token);
/// </code>
/// </example>
/// <param name="comparer">Compares keys; null for the type's own way.</param>
[DebuggerDisplay("{DebugText,nq}")]
public sealed class SingleFlight<TKey, TResult>(IEqualityComparer<TKey>? comparer = null)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Flight<TResult>> _flights = new(comparer);

    private string DebugText => $"{_flights.Count} under way";

    /// <summary>Waits for the result of the run that is under way for a key, or of a new one; without a thread if need be.</summary>
    /// <param name="key">The key.</param>
    /// <param name="body">What to run if nothing is under way for the key.</param>
    /// <param name="cancellationToken">Ends the wait with an <see cref="OperationCanceledException"/>; the body goes on.</param>
    /// <param name="file">Supplied by the compiler.</param>
    /// <param name="line">Supplied by the compiler.</param>
    /// <returns>The result, to be awaited once; or the exception that left the body.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> or <paramref name="body"/> is null.</exception>
    /// <exception cref="ObjectDisposedException">Awaited: the scheduler of the body was disposed before the body ended.</exception>
    public ValueTask<TResult> RunAsync(
        TKey key,
        Func<Task<TResult>> body,
        CancellationToken cancellationToken = default,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<TResult>(cancellationToken);
        FlightWait<TResult> wait = Join(key, body, BodyKind.AsynchronousFunction, file, line, blocks: false, cancellationToken);
        return new ValueTask<TResult>(wait, wait.Version);
    }

    /// <summary>
    /// Waits for the result of the run that is under way for a key, or of a new one, and blocks the calling thread until then; a
    /// goroutine's processor goes on to another thread.
    /// </summary>
    /// <returns>The result.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> or <paramref name="body"/> is null.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the body had ended.</exception>
    /// <exception cref="ThreadInterruptedException">The thread was interrupted before the body had ended.</exception>
    /// <exception cref="ObjectDisposedException">The scheduler of the body was disposed before the body ended.</exception>
    /// <inheritdoc cref="RunAsync(TKey, Func{Task{TResult}}, CancellationToken, string, int)"/>
    public TResult Run(
        TKey key,
        Func<TResult> body,
        CancellationToken cancellationToken = default,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        cancellationToken.ThrowIfCancellationRequested();
        FlightWait<TResult> wait = Join(key, body, BodyKind.Function, file, line, blocks: true, cancellationToken);
        wait.Block();
        return wait.Result;
    }

    /// <summary>
    /// Has the next call for a key run its body, even if another is under way. Those that wait for that one go on waiting.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> is null.</exception>
    public void Forget(TKey key) => _flights.TryRemove(key, out _);

    /// <remarks>
    /// A flight is taken out of the table before its waiters are told (<see cref="Flight{TResult}"/>). A caller that found it there and
    /// joins it later than that gets its result: the run was under way when the caller came.
    /// </remarks>
    private FlightWait<TResult> Join(TKey key, object body, BodyKind kind, string file, int line, bool blocks, CancellationToken token)
    {
        if (_flights.TryGetValue(key, out Flight<TResult>? flight))
            return flight.Join(blocks, token);
        var started = new Flight<TResult>(body, kind, file, line);
        started.Ended = () => _flights.TryRemove(KeyValuePair.Create(key, started));
        flight = _flights.GetOrAdd(key, started);
        if (flight == started)
            started.Start();
        return flight.Join(blocks, token);
    }
}
