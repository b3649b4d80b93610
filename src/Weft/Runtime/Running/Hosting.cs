namespace Weft.Runtime.Running;

/// <summary>
/// Whether a machine that waits with frames of a goroutine on its stack can be given that goroutine's mail. Under the engine's lock.
/// </summary>
internal enum Hosting : byte
{
    /// <summary>It waits for nothing, or nothing of what it waits in would hear of mail.</summary>
    Deaf,

    /// <summary>Its wait ends when it is given mail.</summary>
    Hears,

    /// <summary>Its wait is over: it wants the run right back.</summary>
    ComesBack,
}
