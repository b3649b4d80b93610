namespace Weft.Threads;

/// <summary>
/// What the reaper keeps about a thread, inside the thread, so that no list can fail to grow. Guarded by the reaper's lock
/// while the claim is open; after that it is the claimer's own.
/// </summary>
internal struct ReaperNode
{
    internal OSThread? Older;
    internal OSThread? Newer;
    internal bool IsListed;

    /// <summary>
    /// Becomes <see cref="JoinClaim.Claimed"/> under the lock, and <see cref="JoinClaim.Done"/> without it, by the thread that claimed. May
    /// be read without the lock.
    /// </summary>
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
