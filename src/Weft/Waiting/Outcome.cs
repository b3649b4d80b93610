namespace Weft.Waiting;

/// <summary>How a wait ended.</summary>
internal enum Outcome : byte
{
    /// <summary>It has not.</summary>
    Pending,

    /// <summary>What was waited for has come about.</summary>
    Done,

    /// <summary>What was waited for had been closed, or was closed meanwhile.</summary>
    Closed,

    /// <summary>The wait's token was cancelled first.</summary>
    Cancelled,

    /// <summary>It ended with an exception, which the wait keeps.</summary>
    Failed,
}
