using System.Diagnostics;

namespace Weft;

/// <content>What a debugger shows. It takes no lock: the thread that holds it may be stopped.</content>
public sealed partial class Chan<T>
{
    /// <summary>More waiters than this are not counted: a debugger's window is to open at once.</summary>
    private const int MostShown = 1_000;

    internal string DebugText
    {
        get
        {
            int receivers = _receivers.CountUnlocked(MostShown), senders = _senders.CountUnlocked(MostShown);
            return $"{(IsClosed ? "closed" : "open")}, {Count} of {Capacity}"
                + (receivers > 0 ? $", {receivers} {(receivers == 1 ? "receiver waits" : "receivers wait")}" : "")
                + (senders > 0 ? $", {senders} {(senders == 1 ? "sender waits" : "senders wait")}" : "");
        }
    }

    /// <summary>A channel in a debugger's window.</summary>
    internal sealed class DebugView(Chan<T> channel)
    {
        /// <summary>What it holds, the oldest first.</summary>
        [DebuggerBrowsable(DebuggerBrowsableState.RootHidden)]
        public T[] Values
        {
            get
            {
                T[] buffer = channel._buffer ?? [];
                int head = channel._head;
                return [.. Enumerable.Range(0, Math.Min(channel.Count, buffer.Length)).Select(i => buffer[(head + i) % buffer.Length])];
            }
        }

        public int Capacity => channel.Capacity;

        public bool IsClosed => channel.IsClosed;

        public int WaitingReceivers => channel._receivers.CountUnlocked(MostShown);

        public int WaitingSenders => channel._senders.CountUnlocked(MostShown);
    }
}
