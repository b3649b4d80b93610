namespace Weft.Sync;

/// <summary>How far a wait has come.</summary>
internal enum WaitOutcome
{
    /// <summary>In the list, or woken and about to try again.</summary>
    Waiting,

    /// <summary>What was waited for has come about.</summary>
    Done,

    Cancelled,
}
