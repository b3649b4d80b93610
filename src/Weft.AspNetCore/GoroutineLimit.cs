using Microsoft.AspNetCore.Http;

namespace Weft.AspNetCore;

/// <summary>
/// How many requests may be inside as goroutines at the same time, how many may wait for one of those to end and for how long, and how the
/// others are refused. Requests that run on .NET's pool do not pass it.
/// </summary>
/// <remarks>
/// What the pool limited by its slowness has no limit with goroutines: a thousand requests that block are a thousand threads, and maybe a
/// thousand that want a connection of the same database. Cannot be changed once made, and so may be used by several threads.
/// </remarks>
/// <example>
/// <code>
/// app.UseWeft(options => options.Limit = new GoroutineLimit(1_000)); // all goroutines together
/// app.MapGet("/report", () => File.ReadAllText("/etc/hostname")).RunAsGoroutine(new GoroutineLimit(20) { MaxQueued = 100 });
/// </code>
/// </example>
public sealed class GoroutineLimit
{
    private readonly TimeSpan _maxWait = TimeSpan.FromSeconds(10);
    private readonly int _maxQueued;
    private readonly int _statusCode = StatusCodes.Status503ServiceUnavailable;
    private readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Makes a limit.</summary>
    /// <param name="maxInside">How many requests may be inside; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxInside"/> is less than 1.</exception>
    public GoroutineLimit(int maxInside)
    {
        Require(maxInside >= 1, maxInside, "at least 1", nameof(maxInside));
        MaxInside = maxInside;
        _maxQueued = maxInside;
    }

    /// <summary>How many requests may be inside at the same time; at least 1.</summary>
    public int MaxInside { get; }

    /// <summary>
    /// How many more may wait; at least 0. They need no thread. Default: as many as may be inside, so that a burst of twice as many is
    /// answered, and nobody waits longer than about two answers take.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 0.</exception>
    public int MaxQueued
    {
        get => _maxQueued;
        init
        {
            Require(value >= 0, value, "at least 0", nameof(MaxQueued));
            _maxQueued = value;
        }
    }

    /// <summary>
    /// How long a request waits before it is refused; more than zero, at most one day. Default: 10 s, about what people who use a browser
    /// wait.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Set out of range.</exception>
    public TimeSpan MaxWait
    {
        get => _maxWait;
        init
        {
            Require(value > TimeSpan.Zero && value <= TimeSpan.FromDays(1), value, "more than zero and at most one day", nameof(MaxWait));
            _maxWait = value;
        }
    }

    /// <summary>The status that refused requests get; 400 to 599. Default: 503, the server is busy; 429 says that the client is.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set out of range.</exception>
    public int StatusCode
    {
        get => _statusCode;
        init
        {
            Require(value is >= 400 and <= 599, value, "400 to 599", nameof(StatusCode));
            _statusCode = value;
        }
    }

    /// <summary>
    /// When a refused client may try again, which its answer says in whole seconds (<c>Retry-After</c>); 1 s to one day. Default: 1 s.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Set out of range.</exception>
    public TimeSpan RetryAfter
    {
        get => _retryAfter;
        init
        {
            Require(
                value >= TimeSpan.FromSeconds(1) && value <= TimeSpan.FromDays(1), value, "1 s to one day", nameof(RetryAfter));
            _retryAfter = value;
        }
    }

    private static void Require<T>(bool ok, T value, string range, string option)
    {
        if (!ok)
            throw new ArgumentOutOfRangeException(option, value, $"{option} must be {range}.");
    }
}
