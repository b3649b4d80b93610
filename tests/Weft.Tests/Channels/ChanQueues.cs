namespace Weft.Tests.Channels;

/// <summary>Who waits at a channel.</summary>
internal static class ChanQueues
{
    /// <summary>
    /// How many wait to send, and how many to receive, those of selects included that have been won elsewhere and keep their places.
    /// </summary>
    public static (int Senders, int Receivers) Lengths<T>(Chan<T> channel)
    {
        channel.Lock();
        (int Senders, int Receivers) lengths = (channel.QueueOf(isSend: true).Count(), channel.QueueOf(isSend: false).Count());
        channel.Unlock();
        return lengths;
    }

    /// <summary>Whether somebody waits who could be met now: a select's case that keeps its place until the next wait could not.</summary>
    public static bool AnyOpen<T>(Chan<T> channel)
    {
        channel.Lock();
        bool any = channel.QueueOf(isSend: true).AnyOpen() || channel.QueueOf(isSend: false).AnyOpen();
        channel.Unlock();
        return any;
    }
}
