using System.Runtime.CompilerServices;
using Weft.Runtime.Host;
using Weft.Runtime.Queues;
using Weft.Runtime.Timers;
using Weft.Threads;

namespace Weft.Runtime.Core;

/// <summary>
/// The right to run goroutines, with the queue of those it will run next. The machine that <see cref="Owner"/> names may use it; an idle
/// processor has no owner and is on the engine's idle list.
/// </summary>
internal sealed partial class Processor
{
    /// <summary>
    /// How many goroutines in a row may run out of the run-next slot before one of the ring has its turn, and those that it wakes have the
    /// slot: two that wake each other would starve the rest otherwise. With one from the ring that makes four turns for each such pair
    /// before the next has as many.
    /// </summary>
    private const int MaxRunNextStreak = 3;

    /// <summary>
    /// Of this many searches for work after the processor was handed on, one begins with its own queue and the others with the global
    /// queue: as many as woken goroutines wait there for at most.
    /// </summary>
    private const int OwnQueueInterval = 8;

    /// <summary>
    /// The machine that may use this processor. A machine gives it away itself, or the monitor takes it as argued at
    /// <see cref="Engine.TryTake"/>; null while nobody may.
    /// </summary>
    internal Machine? Owner;

    /// <summary>Grows with every goroutine run; the monitor compares it. Written by the owner.</summary>
    internal int Tick;

    /// <summary>Next on the idle list; under the engine's lock.</summary>
    internal Processor? IdleNext;

    /// <summary>On the idle list; under the engine's lock.</summary>
    internal bool IsIdle;

    /// <summary>
    /// Without an owner, but in the hands of code that is about to give it one or to make it idle; under the engine's lock.
    /// </summary>
    internal bool InTransit;

    /// <summary>
    /// No other processor is in force, so the owner can wake nobody. Under the engine's lock; an owner that reads it may be late.
    /// </summary>
    internal bool IsOnly;

    // Searches for work after the processor was handed on. Written by the owner.
    private uint _searchesAfterHandOff;

    internal long GoroutinesStarted;
    internal long GoroutinesEnded;
    internal long Steals;

    /// <summary>
    /// To wake a thread costs some 5 us here, and more in what it then reads from this CPU's cache: once in this many wake-ups, a
    /// millisecond's worth for goroutines that do nothing else, it does not show. What is left in the slot meanwhile is found by the
    /// monitor, within 20 ms.
    /// </summary>
    private const int MaxWakesSkipped = 16_383;

    /// <summary>Larger than the id of any processor.</summary>
    internal const int NoneId = int.MaxValue;

    private RunNextSlot _runNext;
    private int _runNextStreak;

    // How many wakes in a row were for nothing, as a number of wakes to leave out, and how many of those are left. Written by the owner and
    // by thieves without order: a lost update costs a wake more or less.
    private int _futileWakes;
    private int _wakesToSkip;
    private long _nextId;
    private long _lastId;
    private Xorshift _random;

    internal Processor(int id, IThreadPlatform platform)
    {
        Id = id;
        Timers = new TimerHeap(platform);
        _random = new Xorshift((uint)(id + 1) * 2_654_435_769u);
    }

    internal int Id { get; }

    /// <summary>
    /// It stands for none: handed to a machine that is to go on without; see <see cref="Engine.RunWithoutProcessor"/>.
    /// </summary>
    internal bool IsNone => Id == NoneId;

    internal LocalRunQueue Queue { get; } = new();

    internal TimerHeap Timers { get; }

    /// <summary>Goroutines queued here, the run-next slot included; a snapshot.</summary>
    internal int QueuedCount => Queue.Count + (_runNext.IsEmpty ? 0 : 1);

    /// <summary>
    /// Whether something is queued. Nothing ever moves between the slot and the ring, so looking at one after the other misses none.
    /// </summary>
    internal bool HasWork => !_runNext.IsEmpty || !Queue.IsEmpty;

    /// <summary>
    /// Owner only. The id of the next goroutine started here; ids are taken from the process-wide counter 1,024 at a time.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal long NextGoroutineId()
    {
        if (_nextId == _lastId)
        {
            _nextId = Goroutine.ReserveIds(1024);
            _lastId = _nextId + 1024;
        }

        return _nextId++;
    }

    /// <summary>
    /// Owner only. Puts a goroutine into the run-next slot; false when the slot is full, or when as many as may have run out of it in a row
    /// and the ring has some: then this one has to wait behind them. No full fence.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryPutRunNext(Goroutine goroutine)
    {
        if (!_runNext.IsEmpty || (_runNextStreak >= MaxRunNextStreak && !Queue.IsEmpty))
            return false;
        FaultPoints.Hit("slot.putting");
        _runNext.Put(goroutine);
        return true;
    }

    /// <summary>
    /// Owner only, once in each search for work after the processor was handed on: whether this one begins with its own queue.
    /// </summary>
    internal bool IsTurnOfOwnQueue() => ++_searchesAfterHandOff % OwnQueueInterval == 0;

    /// <summary>Owner only, in scheduler code. The next goroutine to run, or null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Goroutine? Dequeue()
    {
        if ((_runNextStreak < MaxRunNextStreak || Queue.IsEmpty) && DequeueRunNext() is Goroutine next)
            return next;

        _runNextStreak = 0;
        return Queue.TryDequeue() ?? _runNext.Dequeue();
    }

    /// <summary>Owner only. Whether the run-next slot has a goroutine and has its turn.</summary>
    internal bool RunNextComesFirst
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _runNextStreak < MaxRunNextStreak && !_runNext.IsEmpty;
    }

    /// <summary>
    /// Owner only, in scheduler code. The next goroutine of the ring, taken out by an interlocked instruction; null if there is none.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Goroutine? DequeueFromRing()
    {
        Goroutine? goroutine = Queue.TryDequeue();
        if (goroutine is not null)
            _runNextStreak = 0;
        return goroutine;
    }

    /// <summary>
    /// Owner only, in scheduler code, if <see cref="RunNextComesFirst"/> or the ring was empty: the goroutine in the run-next slot, or
    /// null.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Goroutine? DequeueRunNext()
    {
        Goroutine? next = _runNext.Dequeue();

        // With the ring empty the count begins again, so that two goroutines alone seldom look at the ring.
        if (next is not null)
            _runNextStreak = _runNextStreak < MaxRunNextStreak ? _runNextStreak + 1 : 1;
        return next;
    }

    /// <summary>
    /// Owner only: a goroutine was put into the slot, which was empty. Whether nobody need be woken for it, because the owner has been
    /// quick to take it every time a machine was woken. The monitor finds it if the owner is not.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool SkipsWake()
    {
        if (_wakesToSkip == 0)
            return false;
        _wakesToSkip--;
        return true;
    }

    /// <summary>Owner only. A pseudo-random number, to start stealing at different victims.</summary>
    internal uint NextRandom() => _random.Next();
}
