using Weft.Threads;

namespace Weft.Waiting;

/// <summary>
/// Guards a few instructions. It calls no wait hook, so it may be taken anywhere, and <see cref="Thread.Interrupt"/> does not end the wait
/// for it; not re-entrant. Hold it for no call that can block, and run no user code under it. A mutable struct: keep it in a field that is
/// not read-only.
/// </summary>
internal struct SpinGate
{
    // What it guards takes some 20 ns: these 80 pauses outlast that on another core.
    private const int SpinRounds = 10;
    private const int PausesPerRound = 8;

    // After the pauses the holder is most likely not on a CPU. It gets one within these turns, unless threads of a higher priority keep
    // them all; then only a sleep lets it go on.
    private const int YieldRounds = 100;
    private const long NapNanoseconds = 1_000_000;

    private int _held;

    internal void Enter()
    {
        if (Interlocked.CompareExchange(ref _held, 1, 0) != 0)
            EnterContended();
    }

    internal void Exit() => Volatile.Write(ref _held, 0);

    private unsafe void EnterContended()
    {
        int word = 0; // nobody changes it: a wait on it is a sleep
        int round = 0;
        do
        {
            if (round < SpinRounds)
                Thread.SpinWait(PausesPerRound);
            else if (round < SpinRounds + YieldRounds)
                ThreadPlatform.Current.Yield();
            else
                ThreadPlatform.Current.Wait(&word, 0, NapNanoseconds);
            round++;
        }
        while (Volatile.Read(ref _held) != 0 || Interlocked.CompareExchange(ref _held, 1, 0) != 0);
    }
}
