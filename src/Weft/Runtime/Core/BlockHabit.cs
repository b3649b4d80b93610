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
/// thread has slept, and it has computed for less than half of the time. To ask costs half a microsecond at each end of a run, so it is not
/// asked beforehand while runs are short, unless the run has no processor anyway. If such a run is long after all, it has blocked if the
/// scheduler noticed it: it was in a managed wait, or the monitor took its processor.
/// </para>
/// <para>
/// <b>Threads.</b> Runs end at the same time on several machines, which write without an order. A run that is not counted delays the habit
/// by one run. What is expected can be written late, when the share says something else; so each run compares the two. What does not
/// change is not written: code that never blocks leaves these words shared by all CPUs.
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

    // How many of the next runs are asked beforehand: as many as the memory is long. Of code that has fewer long runs than one in so many,
    // no expectation comes, whatever is counted for them.
    private int _asked;

    /// <summary>Whether the next run is expected to block.</summary>
    internal bool IsExpected => Volatile.Read(ref _isExpected);

    /// <summary>A run begins, on the calling machine.</summary>
    internal Run Begin(Machine machine)
    {
        bool isExpected = IsExpected;
        if (isExpected)
            machine.Engine.GoAhead(machine);
        ThreadUse? use = null;
        if ((machine.IsAhead || Volatile.Read(ref _asked) > 0) && machine.Engine.Platform.TryReadOwnUse(out ThreadUse read))
            use = read;
        return new Run(this, machine, MonotonicClock.Now, use, isExpected);
    }

    /// <summary>Counts a run.</summary>
    internal void Note(bool isLong, bool hasBlocked)
    {
        int asked = Volatile.Read(ref _asked);
        int nextAsked = isLong ? Memory : Math.Max(0, asked - 1);
        if (nextAsked != asked)
            Volatile.Write(ref _asked, nextAsked);
        int share = Volatile.Read(ref _share);
        int next = hasBlocked
            ? share + ((Whole - share + Memory - 1) / Memory)
            : share - ((share + Memory - 1) / Memory);
        if (next != share)
            Volatile.Write(ref _share, next);
        bool wasExpected = IsExpected;
        bool isExpected = next >= Learned || (next >= Unlearned && wasExpected);
        if (isExpected != wasExpected)
            Volatile.Write(ref _isExpected, isExpected);
    }

    /// <summary>A run that has begun. It ends on the machine on which it began.</summary>
    internal readonly ref struct Run(BlockHabit? habit, Machine machine, long begun, ThreadUse? use, bool isExpected)
    {
        private readonly int _blocks = machine.BlocksSoFar;

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
            if (isExpected && machine.IsAhead)
                return true; // nobody looks at a machine without a processor
            return machine.BlocksSoFar != _blocks;
        }
    }
}
