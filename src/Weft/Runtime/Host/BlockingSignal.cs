using Weft.Threads;

namespace Weft.Runtime.Host;

/// <summary>
/// Blocks a thread until another sets it: every blocking wait of a user's thread in Weft. Neither side loses anything to
/// <see cref="Thread.Interrupt"/>. It is its own monitor.
/// </summary>
internal sealed class BlockingSignal
{
    private volatile bool _isSet;

    /// <summary>Ends the wait. If the calling thread was interrupted, the interrupt meets its next wait.</summary>
    internal void Set()
    {
        _isSet = true;
        Pulse();
    }

    /// <summary>Before it is given to code that will set it again.</summary>
    internal void Reset() => _isSet = false;

    /// <summary>Blocks the calling thread until it is set. One thread at a time.</summary>
    /// <param name="token">Ends the wait as well.</param>
    /// <exception cref="OperationCanceledException">The token is cancelled.</exception>
    /// <exception cref="ThreadInterruptedException">The thread was interrupted. It may have been set by now: another wait
    /// finds out.</exception>
    internal void Wait(CancellationToken token)
    {
        if (_isSet)
            return;
        token.ThrowIfCancellationRequested();
        using var unhooked = new UnhookedWait();
        CancellationTokenRegistration registration = token.UnsafeRegister(static signal => ((BlockingSignal)signal!).Pulse(), this);
        try
        {
            while (!_isSet)
            {
                token.ThrowIfCancellationRequested();
                WaitForPulse(token);
            }
        }
        finally
        {
            registration.Unregister(); // without waiting for a callback, which does no more than pulse
        }
    }

    /// <summary>Waits for what is certain to come, whatever interrupts the thread.</summary>
    /// <returns>Whether the thread was interrupted meanwhile; then that is still to be told.</returns>
    internal bool WaitUninterrupted()
    {
        bool wasInterrupted = false;
        while (true)
        {
            try
            {
                Wait(CancellationToken.None);
                return wasInterrupted;
            }
            catch (ThreadInterruptedException)
            {
                wasInterrupted = true;
            }
        }
    }

    private void WaitForPulse(CancellationToken token)
    {
        bool isForsaken = false;
        Monitor.Enter(this);
        try
        {
            isForsaken = Caretaker.AnyForsaken && WeftThread.Calling is null;
            if (!_isSet && !token.IsCancellationRequested)
                Monitor.Wait(this, isForsaken ? Caretaker.ForsakenPause : Timeout.Infinite);
        }
        finally
        {
            // Not a lock statement: where Monitor.Wait is managed code (NativeAOT, and CoreCLR on Unix since .NET 11), an interrupt that
            // comes while it takes the lock again leaves the thread without it.
            if (Monitor.IsEntered(this))
                Monitor.Exit(this);
        }

        // What is waited for may need a scheduler that could have no thread when this one, the only one that knows of it, began to wait.
        if (isForsaken)
            Caretaker.AskForForsaken();
    }

    /// <summary>
    /// To take the lock may mean to wait for it, which throws on a thread that was interrupted, before the waiter was woken.
    /// </summary>
    private void Pulse() => Uninterrupted.Do(this, static signal =>
    {
        lock (signal)
            Monitor.PulseAll(signal);
    });
}
