using Weft.Runtime.Core;
using Weft.Runtime.Host;
using Weft.Waiting;

namespace Weft.Channels;

/// <summary>
/// A thread that blocks at a channel. In a goroutine the wait is a managed one, so the processor goes on to another machine.
/// </summary>
internal sealed class BlockingWaiter<T> : Waiter<T>
{
    private readonly BlockingSignal _finished = new();
    private Outcome _outcome;

    internal BlockingWaiter() => IsSpecial = true;

    private protected override void FinishSpecial(Outcome outcome, Machine? machine)
    {
        _outcome = outcome;
        _finished.Set();
    }

    /// <summary>Waits for the end of an operation that is in the channel's queue.</summary>
    /// <exception cref="OperationCanceledException">The token came first; the operation has left no trace.</exception>
    /// <exception cref="ThreadInterruptedException">The interrupt came first; the operation has left no trace.</exception>
    internal Outcome Wait(Chan<T> channel, bool isSend, CancellationToken token)
    {
        // Once the counterpart has taken the operation, the exchange has happened: a token or an interrupt that comes later is too late,
        // even if the counterpart has not said so yet.
        bool wasInterrupted = false;
        while (true)
        {
            try
            {
                _finished.Wait(token);
                break;
            }
            catch (Exception) when (channel.TryRemove(this, isSend))
            {
                throw;
            }
            catch (OperationCanceledException)
            {
                token = CancellationToken.None;
            }
            catch (ThreadInterruptedException)
            {
                wasInterrupted = true;
            }
        }

        if (wasInterrupted)
            Thread.CurrentThread.Interrupt(); // meets the next wait
        return _outcome;
    }
}
