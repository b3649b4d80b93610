namespace Weft.Runtime.Running;

/// <summary>A line of waiters in which one that cannot be served holds up those behind it.</summary>
internal interface IOrderedLine
{
    /// <summary>Takes out the waiters that never run again, and serves those that they held up. Any thread, without locks.</summary>
    void DropLeftBehind();
}
