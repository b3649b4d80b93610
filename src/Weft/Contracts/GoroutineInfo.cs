using System.Globalization;
using Weft.Contracts;

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

/// <summary>A goroutine as it was at one moment. Does not change.</summary>
/// <seealso cref="Scheduler.GetGoroutines"/>
public sealed class GoroutineInfo
{
    internal GoroutineInfo(string startSite) => StartSite = startSite;

    /// <summary>Its number, unique within the process.</summary>
    public long Id { get; internal init; }

    /// <summary>What the program called it (<see cref="Goroutine.Name"/>); null without a name.</summary>
    public string? Name { get; internal init; }

    /// <summary>Its labels (<see cref="Goroutine.SetLabel"/>), in the order in which they were first set.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; internal init; } = [];

    /// <summary>What it was doing.</summary>
    public GoroutineStatus Status { get; internal init; }

    /// <summary>What it waited for, such as <c>sleep</c> or <c>await</c>; null when it did not wait.</summary>
    public string? WaitReason { get; internal init; }

    /// <summary>How long it had waited; zero when it did not wait.</summary>
    /// <remarks>
    /// When blocked, it is exact to a tick of the system's clock, some milliseconds. When parked, it may be too long: the clock is read
    /// every 16 goroutines, so what the last of them took counts, too. That includes the goroutine's own turn before the wait, with the
    /// calls that blocked in it.
    /// </remarks>
    public TimeSpan WaitDuration { get; internal init; }

    /// <summary>Source file and line of the call that started it, as <c>Program.cs:12</c>.</summary>
    public string StartSite { get; }

    /// <summary>Whether it was locked to its thread (<see cref="Go.LockOSThread(ThreadPinOptions)"/>).</summary>
    public bool LockedToThread { get; internal init; }

    /// <summary>
    /// A line as dumps show it: <c>G12 "cleaner" {request=42}: parked (sleep), 3 s, started at Program.cs:7</c>. For people: the form may
    /// change.
    /// </summary>
    public override string ToString()
    {
        string what = WaitReason is null ? Status.ToString().ToLowerInvariant() : string.Create(
            CultureInfo.InvariantCulture,
            $"{Status.ToString().ToLowerInvariant()} ({WaitReason}), {WaitDuration.TotalSeconds:0.###} s");
        return $"G{Id}{GoroutineTags.Text(Name, Labels)}: {what}, started at {StartSite}{(LockedToThread ? ", locked to thread" : "")}";
    }
}
