namespace Weft.Guarding;

/// <summary>
/// Who is told of what one guard's thread does: the guards that share it. The last of them stays, and is told of the end.
/// </summary>
internal sealed class GuardAudience
{
    // Replaced, never changed: the thread that tells reads it without a lock.
    private volatile ThreadPoolGuard[] _guards = [];

    internal ThreadPoolGuard[] Guards
    {
        get => _guards;
        set => _guards = value;
    }

    internal void Tell(ThreadPoolGuardEventArgs change)
    {
        foreach (ThreadPoolGuard guard in _guards)
            guard.Tell(change);
    }
}
