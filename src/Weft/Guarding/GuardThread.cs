using Weft.Runtime.Host;
using Weft.Threads;

namespace Weft.Guarding;

/// <summary>The guard's thread: looks at the pool, has the policy judge, and does what follows.</summary>
/// <remarks>
/// It does not leave while the pool rests, although there is nothing to watch then: nothing of .NET would call it back. A work item would
/// be stuck in the very queue that it is to watch, a timer's call-back likewise, and both would cost more than a thread of its own that
/// looks at a counter 16 times a second.
/// </remarks>
internal sealed class GuardThread : IThreadBody
{
    /// <summary>It calls nothing of the user's, and has a shallow stack.</summary>
    private const int StackBytes = OSThreadOptions.MinStackSizeBytes;

    private readonly Parker _parker = new(ThreadPlatform.Current);
    private readonly PoolSenses _senses;
    private readonly PoolMinimum _minimum = new();
    private readonly PoolMaximum _maximum;
    private readonly GuardPolicy _policy;
    private readonly GuardNotices _notices;
    private readonly OSThread _thread;
    private volatile bool _hasToEnd;
    private volatile int _allowed;

    /// <exception cref="OSThreadStartException">The system refused the thread.</exception>
    internal GuardThread(int allowed, Action<ThreadPoolGuardEventArgs> tell)
    {
        _allowed = allowed;
        IThreadPlatform platform = ThreadPlatform.Current;
        IThreadLimits? limits = platform.FindThreadLimits();
        _senses = new PoolSenses(platform, limits);
        _maximum = new PoolMaximum(limits);
        _policy = new GuardPolicy(platform.FindProcessors(), _senses);
        _notices = new GuardNotices(tell);
        Record = new GuardRecord(_notices);
        _minimum.Read();
        _thread = OSThread.Start(ThreadHost.Shared, ((IThreadBody)this).Run, "weft-guard", StackBytes);
    }

    internal GuardRecord Record { get; }

    /// <summary>The most threads that users allow.</summary>
    internal int Allowed
    {
        set => _allowed = value;
    }

    /// <summary>Has the thread give the user's minimum back and end, and waits for that.</summary>
    internal void End()
    {
        _hasToEnd = true;
        _parker.Unpark();
        _thread.Join();
    }

    /// <summary>Tells what has not been told, after the end. On the calling thread, which must have no lock.</summary>
    internal void TellRest() => _notices.TellHere();

    void IThreadBody.Run()
    {
        bool wasObeyed = true;
        while (!_hasToEnd)
        {
            if (ScarceThreads.IsPoolBroken)
                ScarceThreads.TryPreparePool();
            PoolLook look = PoolSenses.Look(_minimum);
            _senses.Allowed = _allowed;
            _maximum.Update(look);
            GuardStep step = _policy.Judge(look);
            if (step.Minimum != look.Minimum)
                _minimum.Set(step.Minimum);
            Record.Add(look, step.Finding, _minimum, _senses.BoundReason);
            if (wasObeyed && !_minimum.IsObeyed)
                Record.AddNotObeyed(look);
            wasObeyed = _minimum.IsObeyed;
            _notices.Tell();
            _parker.Park(step.NextNanoseconds);
        }

        PoolLook last = PoolSenses.Look(_minimum);
        _minimum.Set(_minimum.OfUser);
        _maximum.Restore();
        Record.Add(last, PoolFinding.Calm, _minimum, "");
        Record.End(last);
    }
}
