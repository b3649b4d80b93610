namespace Weft.Runtime.Running;

/// <summary>Ends a wait of a goroutine that is locked to its thread when something is posted to the goroutine.</summary>
/// <remarks>
/// Publisher: the sender puts mail into the inbox (compare-and-swap), then reads <see cref="_waiting"/>.
/// Looker: the waiter raises <see cref="_waiting"/> (interlocked), then looks at the inbox.
/// Fences: both interlocked instructions.
/// Therefore: the sender sees that a thread waits, and sets the event; or the waiter sees the mail. The event stays set until a wait
/// consumes it.
/// </remarks>
internal sealed class MailSignal
{
    private AutoResetEvent? _mail;
    private int _waiting;

    /// <summary>Something was posted to the goroutine. Any thread.</summary>
    internal void Signal()
    {
        if (Volatile.Read(ref _waiting) > 0)
            _mail?.Set();
    }

    /// <summary>From now on mail is signalled; <see cref="EndWait"/> is to follow. By the goroutine's thread.</summary>
    /// <returns>What is signalled.</returns>
    internal AutoResetEvent BeginWait()
    {
        AutoResetEvent mail = _mail ??= new AutoResetEvent(false);
        Interlocked.Increment(ref _waiting);
        return mail;
    }

    internal void EndWait() => Interlocked.Decrement(ref _waiting);
}
