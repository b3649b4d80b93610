namespace Weft.Guarding;

/// <summary>
/// What the guard has done: counts it, and makes notices of it. Written by the guard's thread; read by any, value by value.
/// </summary>
internal sealed class GuardRecord(GuardNotices notices)
{
    /// <summary>Steps of one burst follow each other every millisecond: they are told together.</summary>
    private const long TogetherNanoseconds = 100_000_000;

    /// <summary>A pool at its bound goes in and out of need many times a second: it is told once in a while.</summary>
    private const long RepeatNanoseconds = 10_000_000_000;

    private long _raised;
    private long _lowered;
    private long _looks;
    private long _starvations;
    private long _starvedNanoseconds;
    private int _peak;
    private int _minimum;
    private int _userMinimum;
    private bool _isStarving;
    private bool _isTimeoutIgnored;

    // By what was found, as a number.
    private readonly long[] _loweredBy = new long[Enum.GetValues<PoolFinding>().Length];

    private long _lastTime;

    // What has not been told yet.
    private int _toldMinimum = -1;
    private long _changedAt = -1;
    private PoolFinding _why;
    private bool _hasToldOfStarving;
    private bool _hasToldOfTimeout;
    private long _toldBoundAt = -1;
    private long _toldFutileAt = -1;

    internal ThreadPoolGuardStatistics Statistics => new()
    {
        UserMinimum = Volatile.Read(ref _userMinimum),
        Minimum = Volatile.Read(ref _minimum),
        PeakMinimum = Volatile.Read(ref _peak),
        Raised = Interlocked.Read(ref _raised),
        Lowered = Interlocked.Read(ref _lowered),
        IsStarving = Volatile.Read(ref _isStarving),
        Starvations = Interlocked.Read(ref _starvations),
        StarvedFor = TimeSpan.FromTicks(Interlocked.Read(ref _starvedNanoseconds) / TimeSpan.NanosecondsPerTick),
        Looks = Interlocked.Read(ref _looks),
        IsThreadTimeoutIgnored = Volatile.Read(ref _isTimeoutIgnored),
    };

    /// <summary>Times the minimum was lowered for a reason.</summary>
    internal long LoweredBy(PoolFinding finding) => Interlocked.Read(ref _loweredBy[(int)finding]);

    /// <summary>Notes a look, what was found, and what the minimum came to.</summary>
    internal void Add(in PoolLook look, PoolFinding finding, PoolMinimum minimum, string boundReason)
    {
        Interlocked.Increment(ref _looks);
        bool starves = finding is PoolFinding.Starving or PoolFinding.AtBound or PoolFinding.Futile or PoolFinding.Trying;
        if (starves && _isStarving)
            Interlocked.Add(ref _starvedNanoseconds, look.TimeNanoseconds - _lastTime);
        if (starves && !_isStarving)
            Interlocked.Increment(ref _starvations);
        Volatile.Write(ref _isStarving, starves);
        _lastTime = look.TimeNanoseconds;
        NoteMinimum(look, finding, minimum);
        NoteFinding(look, finding, boundReason);
        if (_changedAt >= 0 && look.TimeNanoseconds - _changedAt >= TogetherNanoseconds)
            TellChange(look);
    }

    /// <summary>
    /// Notes that a guard's time-out of threads came too late. It is told before the first change: whoever starts a guard has no handler
    /// yet.
    /// </summary>
    internal void NoteTimeoutIgnored() => Volatile.Write(ref _isTimeoutIgnored, true);

    /// <summary>Tells that the pool has a minimum of its own.</summary>
    internal void AddNotObeyed(in PoolLook look) => Tell(
        ThreadPoolGuardAction.NotObeyed,
        look,
        look.Minimum,
        "The pool of .NET does not take a minimum: DOTNET_ThreadPool_ForceMinWorkerThreads or the program's configuration fixes it. Take "
        + "that away, or do without the guard.");

    /// <summary>Tells what is left to tell, as the guard ends.</summary>
    internal void End(in PoolLook look)
    {
        Volatile.Write(ref _isStarving, false);
        if (_changedAt >= 0)
            TellChange(look);
    }

    private void NoteMinimum(in PoolLook look, PoolFinding finding, PoolMinimum minimum)
    {
        if (_toldMinimum < 0)
            _toldMinimum = look.Minimum;
        if (minimum.Current > look.Minimum)
            Interlocked.Increment(ref _raised);
        else if (minimum.Current < look.Minimum)
        {
            Interlocked.Increment(ref _lowered);
            Interlocked.Increment(ref _loweredBy[(int)finding]);
        }

        if (minimum.Current != look.Minimum)
        {
            _changedAt = _changedAt < 0 ? look.TimeNanoseconds : _changedAt;
            _why = finding;
        }

        Volatile.Write(ref _minimum, minimum.Current);
        Volatile.Write(ref _userMinimum, minimum.OfUser);
        if (minimum.Current > minimum.OfUser)
            Volatile.Write(ref _peak, Math.Max(_peak, minimum.Current));
    }

    private void NoteFinding(in PoolLook look, PoolFinding finding, string boundReason)
    {
        if (finding == PoolFinding.AtBound && (_toldBoundAt < 0 || look.TimeNanoseconds - _toldBoundAt >= RepeatNanoseconds))
        {
            _toldBoundAt = look.TimeNanoseconds;
            TellChange(look);
            Tell(ThreadPoolGuardAction.BoundReached, look, look.Minimum,
                $"{look.Pending} work items wait for .NET's pool, whose {look.Working} threads block; it may have no more: {boundReason}.");
        }
        else if (finding == PoolFinding.Futile && (_toldFutileAt < 0 || look.TimeNanoseconds - _toldFutileAt >= RepeatNanoseconds))
        {
            _toldFutileAt = look.TimeNanoseconds;
            TellChange(look);
            Tell(ThreadPoolGuardAction.FoundFutile, look, look.Minimum,
                $"{look.Pending} work items wait for .NET's pool, but with more than {_minimum} threads it completed no more of them: they "
                + "wait for each other, or for something that is scarce.");
        }
    }

    private void TellChange(in PoolLook look)
    {
        _changedAt = -1;
        if (_minimum == _toldMinimum)
            return;
        bool rose = _minimum > _toldMinimum;
        int before = _toldMinimum;
        _toldMinimum = _minimum;
        Tell(
            rose ? ThreadPoolGuardAction.Raised : ThreadPoolGuardAction.Lowered,
            look,
            before,
            $"The minimum of .NET's pool went from {before} to {_minimum}: "
            + (rose ? "work waited while its threads blocked." : $"{Fall(_why)}."));
    }

    private static string Fall(PoolFinding why) => why switch
    {
        PoolFinding.Busy => "those of its threads that compute fill the processors",
        PoolFinding.Trying => "to see whether fewer threads do as much",
        PoolFinding.Futile => "fewer threads do as much",
        _ => "the threads are not needed any more",
    };

    private void Tell(ThreadPoolGuardAction action, in PoolLook look, int before, string description)
    {
        if (Volatile.Read(ref _isTimeoutIgnored) && !_hasToldOfTimeout)
            TellOfTimeout(look);
        bool isFirst = action == ThreadPoolGuardAction.Raised && !_hasToldOfStarving;
        _hasToldOfStarving |= isFirst;
        notices.Add(new ThreadPoolGuardEventArgs
        {
            Action = action,
            MinimumBefore = before,
            Minimum = _minimum,
            Pending = look.Pending,
            Working = look.Working,
            IsFirstStarvation = isFirst,
            Description = description,
        });
    }

    private void TellOfTimeout(in PoolLook look)
    {
        _hasToldOfTimeout = true;
        Tell(
            ThreadPoolGuardAction.ThreadTimeoutIgnored,
            look,
            look.Minimum,
            "The pool of .NET had been used before the guard was started, and keeps idle threads for as long as it was told then: 20 s, "
            + $"unless somebody has set that. {PoolTimeout.Remedy}");
    }
}
