using Weft.Channels;
using Weft.Scheduling;

namespace Weft;

/// <content>The cases that a wait looks at, and the locks of their channels.</content>
public sealed partial class Select
{
    // The cases to be looked at in this wait: if there is only one, as in a loop with a way out, _candidate; otherwise those before _candidateCount.
    private Candidate[] _candidates = [];
    private SelectCase? _candidate;
    private int _candidateCount;

    // How many cases keep their places in this wait.
    private int _keptCount;

    // The channels of the cases, each once, in the order of their ids; made anew when _isStale.
    private SelectChannel[] _channels = [];
    private int _channelCount;
    private bool _isStale;
    private Xorshift _random = new((uint)Random.Shared.Next(1, int.MaxValue));

    /// <summary>Chooses the cases to be looked at, and so the channels to be locked: all, or all but those whose waiters are still queued.</summary>
    /// <param name="all">Whether as of one instant: then all channels have to be locked.</param>
    /// <param name="fromOutside">Whether one of the cases can be met by somebody who is no goroutine, as far as is known.</param>
    private void Choose(bool all, out bool fromOutside)
    {
        if (_isStale)
            SortChannels();
        fromOutside = false;
        _keptCount = 0;
        int count = 0;
        foreach (SelectCase each in _cases.AsSpan(0, _count))
        {
            if (each.Target is Chan channel)
            {
                fromOutside |= channel.IsUsedOutside;
                each.KeepsPlace = !all && each.Place!.IsQueued && !channel.IsWatched;
                if (each.KeepsPlace)
                {
                    _keptCount++;
                    if (each.IsSend)
                        each.RenewPlace();
                    continue;
                }
            }
            else if (each is TaskCase { Task: not null })
            {
                fromOutside = true;
            }
            else
            {
                continue;
            }

            if (count == 0)
                _candidate = each;
            else
                AddCandidate(count, each);
            count++;
        }

        _candidateCount = count;
    }

    private void AddCandidate(int count, SelectCase added)
    {
        if (count == 1)
            AddCandidate(0, _candidate!);
        _candidates[count].Case = added;
        if (added.Target is not null)
            _channels[added.ChannelIndex].IsChosen = true;
    }

    private void Lock(Machine? machine)
    {
        if (_candidateCount == 1)
        {
            _candidate!.Target?.Lock();
            _candidate.Target?.NoteUser(machine);
            return;
        }

        foreach (ref SelectChannel each in _channels.AsSpan(0, _channelCount))
        {
            if (!each.IsChosen)
                continue;
            each.Channel.Lock();
            each.Channel.NoteUser(machine);
        }
    }

    private void Unlock()
    {
        if (_candidateCount == 1)
        {
            _candidate!.Target?.Unlock();
            _candidate.Target?.NotifyWatchers();
            return;
        }

        bool anyWatched = false;
        foreach (ref SelectChannel each in _channels.AsSpan(0, _channelCount))
        {
            if (!each.IsChosen)
                continue;
            each.IsChosen = false;
            anyWatched |= each.Channel.IsWatched;
            each.Channel.Unlock();
        }

        if (anyWatched)
            NotifyWatchers();
    }

    /// <summary>Without any lock: those who watch are told what they see now.</summary>
    private void NotifyWatchers()
    {
        foreach (ref SelectChannel each in _channels.AsSpan(0, _channelCount))
            each.Channel.NotifyWatchers();
    }

    private void Enqueue(SelectOperation operation)
    {
        if (_candidateCount == 1)
        {
            _candidate!.Enqueue(operation);
            return;
        }

        foreach (ref Candidate each in _candidates.AsSpan(0, _candidateCount))
            each.Case.Enqueue(operation);
    }

    /// <summary>
    /// With the locks: goes through with one of the candidates that can go on, each as likely as any other. The order is mixed as far as it is
    /// needed (the shuffle of R. Fisher and F. Yates).
    /// </summary>
    private SelectCase? TryNow(out Operation? counterpart)
    {
        if (_candidateCount == 1)
            return _candidate!.TryNow(out counterpart) ? _candidate : null;
        Span<Candidate> candidates = _candidates.AsSpan(0, _candidateCount);
        for (int i = 0; i < candidates.Length; i++)
        {
            int other = i + (int)(((ulong)_random.Next() * (uint)(candidates.Length - i)) >> 32);
            SelectCase one = candidates[other].Case;
            candidates[other].Case = candidates[i].Case;
            candidates[i].Case = one;
            if (one.TryNow(out counterpart))
                return one;
        }

        counterpart = null;
        return null;
    }

    private void SortChannels()
    {
        if (_channels.Length < _count)
            _channels = new SelectChannel[_cases.Length];
        Array.Clear(_channels);
        int count = 0;
        foreach (SelectCase each in _cases.AsSpan(0, _count))
        {
            each.KeepsPlace = false;
            if (each.Target is Chan channel)
                _channels[count++].Channel = channel;
        }

        Array.Sort(_channels, 0, count, s_byId);
        _channelCount = 0;
        for (int i = 0; i < count; i++)
        {
            if (i == 0 || _channels[i].Channel != _channels[_channelCount - 1].Channel)
                _channels[_channelCount++] = _channels[i];
        }

        foreach (SelectCase each in _cases.AsSpan(0, _count))
        {
            if (each.Target is Chan channel)
                each.ChannelIndex = Array.BinarySearch(_channels, 0, _channelCount, new SelectChannel { Channel = channel }, s_byId);
        }

        _isStale = false;
    }

    // A struct around the reference keeps array stores free of the covariance check.
    private struct Candidate
    {
        internal SelectCase Case;
    }

    private static readonly Comparer<SelectChannel> s_byId =
        Comparer<SelectChannel>.Create(static (a, b) => a.Channel.Extra.Id.CompareTo(b.Channel.Extra.Id));
}
