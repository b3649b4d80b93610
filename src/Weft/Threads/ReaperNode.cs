namespace Weft.Threads;

/// <summary>
/// What the reaper keeps about a thread, inside the thread, so that no list can fail to grow. Guarded by the reaper's lock.
/// </summary>
internal struct ReaperNode
{
    internal OSThread? Older;
    internal OSThread? Newer;
    internal bool IsListed;

    /// <summary>Written under the lock; <see cref="JoinClaim.Done"/> is written, and may be read, without it.</summary>
    internal volatile JoinClaim Claim;
}

/// <summary>Who joins a thread. Moves forward only.</summary>
internal enum JoinClaim
{
    /// <summary>Nobody yet.</summary>
    Open,

    /// <summary>One thread joins it, or has done so and frees it.</summary>
    Claimed,

    /// <summary>Joined and freed.</summary>
    Done,
}
