using System.Globalization;

namespace Weft;

/// <summary>What a goroutine is doing.</summary>
public enum GoroutineStatus
{
    /// <summary>Started or woken, in a run queue.</summary>
    Runnable,

    /// <summary>Running on a machine.</summary>
    Running,

    /// <summary>Blocking its thread in a wait or a call.</summary>
    Blocked,

    /// <summary>Awaiting something; it has no thread.</summary>
    Parked,

    /// <summary>Its body has ended.</summary>
    Ended,
}

/// <summary>A goroutine as it was at one moment.</summary>
/// <param name="Id">Its number, unique within the process.</param>
/// <param name="Status">What it was doing.</param>
/// <param name="WaitReason">What it waited for, such as <c>sleep</c> or <c>await</c>; null when it did not wait.</param>
/// <param name="WaitedFor">
/// How long; zero when it did not wait. When blocked, to a tick of the system's clock, some milliseconds. When parked, it may be too much:
/// the clock is read every 16 goroutines, so what the last of them took counts, too, among it the goroutine's own turn before the wait,
/// with the calls that blocked in it.
/// </param>
/// <param name="StartedAt">Source file and line of the call that started it.</param>
/// <param name="LockedToThread">Whether it is locked to its thread.</param>
public sealed record GoroutineInfo(
    long Id,
    GoroutineStatus Status,
    string? WaitReason,
    TimeSpan WaitedFor,
    string StartedAt,
    bool LockedToThread)
{
    /// <summary>A line as dumps show it: <c>G12: sleep, 3 s, started at Program.cs:7</c>.</summary>
    internal string ToText()
    {
        string what = WaitReason is null ? Status.ToString().ToLowerInvariant() : string.Create(
            CultureInfo.InvariantCulture,
            $"{Status.ToString().ToLowerInvariant()} ({WaitReason}), {WaitedFor.TotalSeconds:0.###} s");
        return $"G{Id}: {what}, started at {StartedAt}{(LockedToThread ? ", locked to thread" : "")}";
    }
}
