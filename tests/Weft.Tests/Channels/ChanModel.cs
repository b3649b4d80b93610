using System.Globalization;

namespace Weft.Tests.Channels;

/// <summary>
/// What a channel is, for one thread: values, those who wait, first come, first served. An operation that cannot go on joins a queue and
/// ends later, by what another operation does; taking effect is joining (W. Scherer and M. Scott call this a dual data structure).
/// </summary>
internal sealed class ChanModel(int capacity)
{
    private readonly List<Entry> _entries = [];
    private readonly Queue<int> _values = [];
    private readonly Queue<Entry> _senders = [];
    private readonly Queue<Entry> _receivers = [];
    private bool _isClosed;

    /// <summary>Each operation with how it ended, in an order that does not depend on when it ran.</summary>
    public string[] Outcomes() => Sorted(_entries.Select(entry => $"{entry.Name} {entry.Outcome}"));

    public static string[] Sorted(IEnumerable<string> outcomes) => [.. outcomes.Order(StringComparer.Ordinal)];

    public void Send(string name, int value)
    {
        Entry send = Add(name, value);
        if (!TrySendNow(send))
            _senders.Enqueue(send);
    }

    public void TrySend(string name, int value)
    {
        Entry send = Add(name, value);
        if (!TrySendNow(send))
            send.Outcome = Outcomes(false);
    }

    public void Receive(string name)
    {
        Entry receive = Add(name, 0);
        if (!TryReceiveNow(receive))
            _receivers.Enqueue(receive);
    }

    public void TryReceive(string name)
    {
        Entry receive = Add(name, 0);
        if (!TryReceiveNow(receive) || receive.Outcome == Closed)
            receive.Outcome = Outcomes(false);
    }

    public void Count(string name) => Add(name, 0).Outcome = Text(_values.Count);

    public void Close(string name)
    {
        Entry close = Add(name, 0);
        close.Outcome = _isClosed ? Closed : Outcomes(true);
        _isClosed = true;
        foreach (Entry waiting in _senders.Concat(_receivers))
            waiting.Outcome = Closed;
        _senders.Clear();
        _receivers.Clear();
    }

    /// <summary>How an operation ends that the channel's end has met.</summary>
    public const string Closed = "closed";

    /// <summary>How an operation is left that has not ended.</summary>
    public const string Waits = "waits";

    /// <summary>How a receive ends that got this value.</summary>
    public static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>How an operation ends that only tells whether it was possible.</summary>
    public static string Outcomes(bool possible) => possible ? "done" : "not possible";

    private Entry Add(string name, int value)
    {
        var entry = new Entry(name, value);
        _entries.Add(entry);
        return entry;
    }

    private bool TrySendNow(Entry send)
    {
        if (_isClosed)
        {
            send.Outcome = Closed;
            return true;
        }

        if (_receivers.TryDequeue(out Entry? receive))
            receive.Outcome = Text(send.Value);
        else if (_values.Count < capacity)
            _values.Enqueue(send.Value);
        else
            return false;
        send.Outcome = Outcomes(true);
        return true;
    }

    private bool TryReceiveNow(Entry receive)
    {
        if (_values.TryDequeue(out int value))
        {
            receive.Outcome = Text(value);
            if (_senders.TryDequeue(out Entry? next))
            {
                _values.Enqueue(next.Value);
                next.Outcome = Outcomes(true);
            }
        }
        else if (_senders.TryDequeue(out Entry? send))
        {
            receive.Outcome = Text(send.Value);
            send.Outcome = Outcomes(true);
        }
        else if (_isClosed)
        {
            receive.Outcome = Closed;
        }
        else
        {
            return false;
        }

        return true;
    }

    private sealed class Entry(string name, int value)
    {
        public string Name => name;

        public int Value => value;

        public string Outcome { get; set; } = Waits;
    }
}
