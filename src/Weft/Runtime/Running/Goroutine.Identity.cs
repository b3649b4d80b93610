using Weft.Contracts;
using Weft.Runtime.Running;

namespace Weft;

/// <content>What a goroutine is, where it belongs, and what it is doing.</content>
public abstract partial class Goroutine
{
    private readonly string _file;
    private readonly int _line;

    private static long s_lastId;

    private protected Goroutine(GoroutineHome home, object body, string file, int line)
    {
        Home = home;
        _body = body;
        _file = file;
        _line = line;
        ExecutionContext? context = ExecutionContext.Capture();
        _mailbox.Open(s_begin, context != Runner.DefaultContext ? context : null);
        SetWaitNotificationRequired();
        if (GoroutineTags.AnyLabels)
            InheritLabels();
    }

    /// <summary>For a goroutine that goes on with a flow of another.</summary>
    private protected Goroutine(Goroutine root, object body)
        : this(root.Home, body, root._file, root._line)
    {
    }

    /// <summary>A number that no other goroutine of this process has.</summary>
    public long Id { get; internal set; }

    /// <summary>Source file and line of the call that started it, as <c>Program.cs:12</c>.</summary>
    public string StartSite => $"{Path.GetFileName(_file)}:{_line}";

    /// <summary>What it is doing now; it may be doing something else by the time the caller looks at the answer.</summary>
    public GoroutineStatus Status => HasEnded ? GoroutineStatus.Ended : Volatile.Read(ref _blockedDepth) > 0
        ? GoroutineStatus.Blocked
        : _mailbox.Phase switch
        {
            Mailbox.Ready => GoroutineStatus.Runnable,
            Mailbox.Running => GoroutineStatus.Running,
            _ => GoroutineStatus.Parked,
        };

    /// <summary>The engine it runs on.</summary>
    internal GoroutineHome Home { get; }

    /// <inheritdoc/>
    public override string ToString() => $"goroutine {Id}{TagText} [{Status}] started at {StartSite}";

    /// <summary>Reserves ids for the caller, one after the other; returns the first.</summary>
    internal static long ReserveIds(int count) => Interlocked.Add(ref s_lastId, count) - count + 1;
}
