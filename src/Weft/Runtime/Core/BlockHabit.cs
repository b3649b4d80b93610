using Weft.Runtime.Host;
using Weft.Threads;

namespace Weft.Runtime.Core;

/// <summary>
/// What a piece of code, run by many goroutines, has done lately: blocked its thread or not. Once most of its runs have, the next ones hand
/// their processor on beforehand (<see cref="Engine.GoAhead"/>); once few do, they no longer do so.
/// </summary>
/// <remarks>
/// <para>
/// <b>What it saves.</b> A block that nobody declared is found by the monitor, which looks at the thread, has every CPU execute a fence,
/// wakes a machine for the processor, and a second time when the thread comes back and wants it again. That is several times the price of
/// handing the processor on, and it comes one after the other: the monitor is one thread.
/// </para>
/// <para>
/// <b>Whether a run has blocked</b> is asked only if it took <see cref="LeastNanoseconds"/> or longer. The system tells, where it can: the
/// thread has slept, and it has computed for less than half of the time. To ask costs half a microsecond at each end of a run, so a run
/// after a short one is not asked beforehand. If that run is long, it has blocked if the scheduler noticed it: it was in a managed wait, or
/// the monitor took its processor.
/// </para>
/// <para>
/// <b>Threads.</b> Runs end at the same time on several machines, which write without an order. A run that is not counted delays the habit
/// by one run. What does not change is not written: code that never blocks leaves these words shared by all CPUs.
/// </para>
/// </remarks>
internal sealed class BlockHabit
{
    /// <summary>
    /// A run shorter than this has not blocked. The monitor notices a block after some 50 us at the soonest, so one that is much shorter
    /// costs no hand-off when it is not expected, and two when it is.
    /// </summary>
    internal const long LeastNanoseconds = 200_000;

    /// <summary>What <see cref="_share"/> would be if every run had blocked.</summary>
    internal const int Whole = 256;

    /// <summary>
    /// The weight of the last run is one in this many: six runs that block, or the other way round eleven that do not, change what is
    /// expected.
    /// </summary>
    private const int Memory = 8;

    // To expect a block that does not come costs a hand-off; not to expect one that comes costs five to ten times as much. In between what
    // was expected before stays.
    private const int Learned = Whole / 2;
    private const int Unlearned = Whole / 8;

    // The share of runs that have blocked, the last ones counting most.
    private int _share;
    private bool _isExpected;
    private bool _lastWasLong;

    /// <summary>Whether the next run is expected to block.</summary>
    internal bool IsExpected => Volatile.Read(ref _isExpected);

    /// <summary>A run begins, on the calling machine.</summary>
    internal Run Begin(Machine machine)
    {
        ThreadUse? use = null;
        if (Volatile.Read(ref _lastWasLong) && machine.Engine.Platform.TryReadOwnUse(out ThreadUse read))
            use = read;
        bool isExpected = IsExpected;
        if (isExpected)
            machine.Engine.GoAhead(machine);
        return new Run(this, machine, MonotonicClock.Now, use);
    }

    /// <summary>Counts a run.</summary>
    internal void Note(bool isLong, bool hasBlocked)
    {
        if (_lastWasLong != isLong)
            Volatile.Write(ref _lastWasLong, isLong);
        int share = Volatile.Read(ref _share);
        int next = hasBlocked
            ? share + ((Whole - share + Memory - 1) / Memory)
            : share - ((share + Memory - 1) / Memory);
        if (next == share)
            return;
        Volatile.Write(ref _share, next);
        bool isExpected = next >= Learned || (next >= Unlearned && _isExpected);
        if (isExpected != _isExpected)
            Volatile.Write(ref _isExpected, isExpected);
    }

    /// <summary>A run that has begun. It ends on the machine on which it began.</summary>
    internal readonly ref struct Run(BlockHabit? habit, Machine machine, long begun, ThreadUse? use)
    {
        private readonly int _blocks = machine.NoticedBlocks;

        /// <summary>Of no run, nothing is counted.</summary>
        public void Dispose()
        {
            if (habit is null)
                return;
            long length = MonotonicClock.Now - begun;
            bool isLong = length >= LeastNanoseconds;
            habit.Note(isLong, isLong && HasBlocked(length));
        }

        private bool HasBlocked(long length)
        {
            if (use is ThreadUse before && machine.Engine.Platform.TryReadOwnUse(out ThreadUse now))
                return now.Sleeps > before.Sleeps && 2 * (now.CpuNanoseconds - before.CpuNanoseconds) <= length;
            return machine.IsAhead || machine.NoticedBlocks != _blocks || machine.TakenFor == HandOffCause.Monitor;
        }
    }
}
