namespace Weft.Runtime.Core;

/// <summary>Why a processor went from one machine to another.</summary>
internal enum HandOffCause
{
    /// <summary>A managed wait began.</summary>
    Wait,

    /// <summary>The monitor saw the machine asleep in a call.</summary>
    Monitor,

    /// <summary>A declared blocking call.</summary>
    Explicit,

    /// <summary>The goroutine computed for longer than a time slice while others waited.</summary>
    TimeSlice,
}
