namespace Weft;

/// <content>
/// What a debugger shows. It must change nothing: <see cref="Completion"/> and a task are made when they are asked for, and are left out.
/// </content>
public abstract partial class Goroutine
{
    private string DebugText => Describe().ToString();

    /// <summary>A goroutine in a debugger's window.</summary>
    internal sealed class DebugView(Goroutine goroutine)
    {
        private readonly GoroutineInfo _info = goroutine.Describe();

        public long Id => _info.Id;

        public string? Name => _info.Name;

        public IReadOnlyList<KeyValuePair<string, string>> Labels => _info.Labels;

        public GoroutineStatus Status => _info.Status;

        public string? WaitReason => _info.WaitReason;

        public TimeSpan WaitDuration => _info.WaitDuration;

        public string StartSite => _info.StartSite;

        public bool LockedToThread => _info.LockedToThread;
    }
}
