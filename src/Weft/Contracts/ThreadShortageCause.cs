namespace Weft;

/// <summary>Why a scheduler could not have a thread.</summary>
public enum ThreadShortageCause
{
    /// <summary>It has <see cref="SchedulerOptions.MaxThreads"/> threads.</summary>
    Limit,

    /// <summary>The system refused to create one.</summary>
    Refused,
}
