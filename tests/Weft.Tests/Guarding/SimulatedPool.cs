using Weft.Guarding;

namespace Weft.Tests.Guarding;

/// <summary>
/// .NET's pool with its queue, its threads and the processors they run on, in steps of a tenth of a millisecond. It makes threads up to its
/// minimum one after the other, and beyond it one each half second in which it could not begin an item, as .NET does; what .NET's
/// hill-climbing adds to that is left out, with and without a guard.
/// </summary>
internal sealed class SimulatedPool : IGuardSenses
{
    public const double StepMilliseconds = 0.1;

    /// <summary>How many items have a connection at a time.</summary>
    public const int Connections = 10;

    private const double MakeThreadMilliseconds = 0.15;
    private const double StarvationMilliseconds = 500;
    private const double QuotaPeriodMilliseconds = 100;

    // What each runnable thread beyond the processors costs the others: switches, and caches that are cold again.
    private const double CrowdCost = 0.01;

    private readonly LinkedList<SimulatedItem> _queue = new();
    private readonly List<SimulatedItem> _running = [];
    private readonly Dictionary<int, SimulatedItem?> _locks = [];
    private double _makeAt;
    private double _beganAt;
    private double _quotaLeft;
    private double _quotaUntil;
    private double _cpu;
    private double _paused;
    private long _completed;
    private long _contentions;
    private int _connected;
    private int _goal;

    public SimulatedPool(double processors)
    {
        Processors = processors;
        Minimum = (int)Math.Ceiling(processors);
        UserMinimum = Minimum;
        _goal = Minimum;
        Threads = 0;
    }

    public double Processors { get; }

    /// <summary>Processor time a period of a control group allows, as processors; infinite without one.</summary>
    public double Quota { get; init; } = double.PositiveInfinity;

    /// <summary>Processors that other processes use.</summary>
    public double Others { get; set; }

    /// <summary>Whether the system tells which threads want a processor.</summary>
    public bool TellsActivity { get; init; } = true;

    /// <summary>As Kestrel's sockets do it: of all that waits, the pool knows one item.</summary>
    public bool HidesQueue { get; init; }

    public int Most { get; init; } = 10_000;

    public double Now { get; private set; }

    public int Minimum { get; private set; }

    public int UserMinimum { get; }

    public int Threads { get; private set; }

    public int PeakThreads { get; private set; }

    public List<double> Latencies { get; } = [];

    public int Queued => _queue.Count;

    public int Working => _running.Count;

    public long Completed => _completed;

    public void Queue(SimulatedItem item) => _queue.AddLast(item);

    public void SetMinimum(int minimum)
    {
        if (minimum < Minimum)
            _goal = Math.Min(_goal, minimum);
        Minimum = minimum;
        _goal = Math.Max(_goal, minimum);
    }

    /// <summary>Time passes and nothing runs: a collection, which uses a processor, or a stop of the process, which does not.</summary>
    public void Stop(double milliseconds, bool isCollection)
    {
        Now += milliseconds;
        if (isCollection)
            (_cpu, _paused) = (_cpu + milliseconds, _paused + milliseconds);
    }

    public PoolLook Look() => new()
    {
        TimeNanoseconds = (long)(Now * 1e6),
        CpuNanoseconds = (long)(_cpu * 1e6),
        PausedNanoseconds = (long)(_paused * 1e6),
        Pending = HidesQueue ? Math.Min(1, _queue.Count) : _queue.Count,
        Completed = _completed,
        Working = _running.Count,
        Minimum = Minimum,
        UserMinimum = UserMinimum,
    };

    public double? CountWantingCpu() => TellsActivity && _running.Count > 0 ? _running.Count(WantsCpu) : null;

    public long CountContentions() => _contentions;

    public int MostThreads() => Most;

    public void Step()
    {
        Now += StepMilliseconds;
        Begin();
        MakeThread();
        double available = Available();
        int runnable = _running.Count(WantsCpu);
        double share = runnable == 0 ? 0 : Math.Min(1, available / runnable) * StepMilliseconds;
        double crowd = 1 / (1 + (CrowdCost * Math.Max(0, runnable - Processors)));
        _cpu += share * runnable;
        _quotaLeft -= share * runnable;
        for (int i = _running.Count - 1; i >= 0; i--)
            Advance(i, share * crowd);
    }

    private bool WantsCpu(SimulatedItem item) =>
        item.Phase.Kind == PhaseKind.Compute && (item.Phase.Lock < 0 || item.HoldsLock);

    private double Available()
    {
        if (double.IsPositiveInfinity(Quota))
            return Math.Max(0.1, Processors - Others);
        if (Now >= _quotaUntil)
            (_quotaUntil, _quotaLeft) = (Now + QuotaPeriodMilliseconds, Quota * QuotaPeriodMilliseconds);
        return _quotaLeft <= 0 ? 0 : Math.Min(Processors - Others, _quotaLeft / StepMilliseconds);
    }

    private void Begin()
    {
        while (_queue.First is { } first && _running.Count < Math.Min(Threads, _goal))
        {
            _queue.RemoveFirst();
            _running.Add(first.Value);
            _beganAt = Now;
            Enter(first.Value);
        }
    }

    private void MakeThread()
    {
        if (_queue.Count == 0)
        {
            _beganAt = Now;
            return;
        }

        if (Now - _beganAt >= StarvationMilliseconds && Threads >= _goal)
        {
            _goal++;
            _beganAt = Now;
        }

        if (Threads < _goal && Now >= _makeAt)
        {
            Threads++;
            PeakThreads = Math.Max(PeakThreads, Threads);
            _makeAt = Now + MakeThreadMilliseconds;
        }
    }

    private void Enter(SimulatedItem item)
    {
        item.Left = item.Phase.Milliseconds;
        if (item.Phase.Kind == PhaseKind.AwaitChild && !item.HasBegun && item.Child is { } child)
        {
            item.HasBegun = true;
            Queue(child);
        }
    }

    private void Advance(int index, double computed)
    {
        SimulatedItem item = _running[index];
        Phase phase = item.Phase;
        if (phase.Lock >= 0 && !item.HoldsLock)
        {
            if (_locks.GetValueOrDefault(phase.Lock) is not null)
            {
                _contentions += item.IsContending ? 0 : 1;
                item.IsContending = true;
                return;
            }

            _locks[phase.Lock] = item;
            item.HoldsLock = true;
        }

        if (phase.Kind == PhaseKind.Connection && !item.HasConnection)
        {
            if (_connected == Connections)
                return;
            _connected++;
            item.HasConnection = true;
        }

        if (phase.Kind == PhaseKind.AwaitChild)
        {
            if (!item.Child!.HasEnded)
                return;
        }
        else
        {
            item.Left -= phase.Kind == PhaseKind.Compute ? computed : StepMilliseconds;
            if (item.Left > 0)
                return;
        }

        if (item.HoldsLock)
        {
            _locks[phase.Lock] = null;
            item.HoldsLock = false;
        }

        if (item.HasConnection)
        {
            _connected--;
            item.HasConnection = false;
        }

        item.Index++;
        if (!item.HasEnded)
        {
            Enter(item);
            return;
        }

        item.EndedAt = Now;
        _completed++;
        Latencies.Add(Now - item.ArrivedAt);
        _running[index] = _running[^1];
        _running.RemoveAt(_running.Count - 1);
        item.OnEnded?.Invoke(item);
    }
}
