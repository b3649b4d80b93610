namespace Weft.Tests.Channels;

/// <summary>Who waits at a channel.</summary>
internal static class ChanQueues
{
    /// <summary>How many wait to send, and how many to receive, those of selects included that have been won elsewhere.</summary>
    public static (int Senders, int Receivers) Lengths<T>(Chan<T> channel)
    {
        channel.Lock();
        (int Senders, int Receivers) lengths = (channel.QueueOf(isSend: true).Count(), channel.QueueOf(isSend: false).Count());
        channel.Unlock();
        return lengths;
    }
}
