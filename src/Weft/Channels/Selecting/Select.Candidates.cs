using System.Diagnostics;
using System.Runtime.CompilerServices;
using Weft.Channels.Selecting;
using Weft.Runtime.Core;
using Weft.Waiting;

namespace Weft;

/// <content>The cases that a wait looks at, and the locks of their channels.</content>
public sealed partial class Select
{
    // The cases to be looked at in this wait: if there is only one, as in a loop with a way out, _candidate; otherwise those before
    // _candidateCount.
    private Candidate[] _candidates = [];
    private SelectCase? _candidate;
    private int _candidateCount;

    // How many cases keep their places in this wait; some may have no channel.
    private int _keptCount;

    // The only case to be looked at in the next wait, if nothing is different then; otherwise null. While it is not null and no wait is
    // going on, all other cases are in their queues, or the operation bears the mark that one was taken out.
    private SelectCase? _last;

    // As found when Choose looked at all cases: whether code that is no goroutine can meet one of them, as far as is known; whether
    // all but one are in their queues once the wait is over, and nothing else can end it; how many newcomers there had been.
    private bool _isMetFromOutside;
    private bool _keepsAll;
    private int _newcomers;

    // The channels of the cases, each once, in the order of their ids; made anew when _isStale.
    private SelectChannel[] _channels = [];
    private int _channelCount;
    private bool _isStale;
    private Xorshift _random = new((uint)Random.Shared.Next(1, int.MaxValue));

    /// <summary>
    /// Whether what was found of the channels and of the places that are kept still holds. After a fence: now, and not earlier.
    /// </summary>
    private bool IsUndisturbed => !_operation!.IsDisturbed && _newcomers == Chan.Newcomers;

    /// <summary>
    /// Chooses the case that won last, and no other, if all others are known to be in their queues. Does not look at any of those: in a
    /// program of many goroutines they are in no cache.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryChooseLast()
    {
        if (_last is not SelectCase last || _isStale || !IsUndisturbed)
            return false;
        AssertOthersAreQueued(last);
        _candidate = last;
        _candidateCount = 1;
        _keptCount = _count - 1;
        return true;
    }

    // A peer that takes a waiter out and does not claim it sets the mark before it gives the channel's lock up.
    [Conditional("DEBUG")]
    private void AssertOthersAreQueued(SelectCase last)
    {
        foreach (SelectCase each in _cases.AsSpan(0, _count))
        {
            if (each == last || each.Target is not Chan channel)
                continue;
            channel.Lock();
            bool isKnown = each.Place!.IsQueued || _operation!.IsDisturbed;
            channel.Unlock();
            Debug.Assert(isKnown, "A case is neither queued nor looked at.");
        }
    }

    /// <summary>After a wait, or a case that was met at once: the others stay in their queues, as far as they are.</summary>
    private void NoteLast(SelectCase? winner) => _last = _keepsAll && _home is not null ? winner : null;

    /// <summary>
    /// Chooses the cases to be looked at, and so the channels to be locked: all, or all but those whose waiters are still queued.
    /// </summary>
    /// <param name="all">Whether as of one instant: then all channels have to be locked.</param>
    private void Choose(bool all)
    {
        if (_isStale)
            SortChannels();
        _last = null;
        _newcomers = Chan.Newcomers;
        _operation?.Settle();
        bool fromOutside = false;
        bool keepsAll = !_hasOthers;
        _keptCount = 0;
        int count = 0;
        foreach (SelectCase each in _cases.AsSpan(0, _count))
        {
            if (each.Target is Chan channel)
            {
                fromOutside |= channel.IsUsedOutside;
                bool isWatched = channel.IsWatched;
                keepsAll &= !isWatched;
                if (!all && each.Place!.IsQueued && !isWatched)
                {
                    _keptCount++;
                    continue;
                }
            }
            else if (each.IsMetFromOutside)
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
        _isMetFromOutside = fromOutside;
        _keepsAll = keepsAll;
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

    /// <summary>Without any lock: the watchers are told what they see now.</summary>
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
    /// With the locks: goes through with one of the candidates that can go on, each as likely as any other. The order is mixed as far as it
    /// is needed (the shuffle of R. Fisher and F. Yates).
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
