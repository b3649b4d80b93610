using Weft.Channels;
using Weft.Waiting;

namespace Weft;

/// <content>Exchanging a value with the ring or with a waiter. The lock is held in all of these.</content>
public sealed partial class Chan<T>
{
    /// <summary>
    /// Sends without waiting: Done, Closed, or Pending if it would have to wait. The caller finishes the receiver after the lock.
    /// </summary>
    internal Outcome SendNow(T value, out Waiter<T>? receiver)
    {
        receiver = null;
        if (IsClosedLocked)
            return Outcome.Closed;
        receiver = _receivers.Take();
        if (receiver is not null)
            receiver.Value = value;
        else if (_count < Capacity)
            Put(value);
        else
            return Outcome.Pending;
        return Outcome.Done;
    }

    /// <summary>
    /// Receives without waiting: Done, Closed, or Pending if it would have to wait. The caller finishes the sender after the lock.
    /// </summary>
    internal Outcome ReceiveNow(out T value, out Waiter<T>? sender)
    {
        if (_count > 0)
        {
            T[] buffer = _buffer!;
            ref T slot = ref buffer[_head];
            value = slot;
            _head = _head + 1 == buffer.Length ? 0 : _head + 1;
            sender = _senders.Take();
            if (sender is not null)
            {
                // Senders wait only while the ring is full: then the place that gets free is the one behind the last. Count stays as it is.
                slot = TakeValue(sender);
            }
            else
            {
                slot = default!;
                _count--;
            }

            return Outcome.Done;
        }

        sender = _senders.Take();
        if (sender is not null)
        {
            value = TakeValue(sender);
            return Outcome.Done;
        }

        value = default!;
        return IsClosedLocked ? Outcome.Closed : Outcome.Pending;
    }

    internal ref WaitQueue<T> QueueOf(bool isSend) => ref isSend ? ref _senders : ref _receivers;

    private void Put(T value)
    {
        T[] buffer = _buffer!;
        int tail = _head + _count;
        buffer[tail >= buffer.Length ? tail - buffer.Length : tail] = value;
        _count++;
    }

    private void PutFirst(T value)
    {
        T[] buffer = _buffer!;
        _head = _head == 0 ? buffer.Length - 1 : _head - 1;
        buffer[_head] = value;
        _count++;
    }

    private static T TakeValue(Waiter<T> sender)
    {
        T value = sender.Value;
        sender.Value = default!;
        return value;
    }
}
