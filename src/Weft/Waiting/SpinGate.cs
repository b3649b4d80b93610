using Weft.Threads;

namespace Weft.Waiting;

/// <summary>
/// Guards a few instructions. Never enters a managed wait, so it may be taken anywhere, and <see cref="Thread.Interrupt"/> does not end the
/// wait for it; not re-entrant. Hold it for no call that can block, and run no user code under it. A mutable struct: keep it in a field
/// that is not read-only.
/// </summary>
internal struct SpinGate
{
    // What it guards takes some 20 ns: a few pauses outlast that on another core.
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
        int word = 0;
        int round = 0;
        do
        {
            if (round < SpinRounds)
                Thread.SpinWait(PausesPerRound);
            else if (round < SpinRounds + YieldRounds)
                Thread.Yield();
            else
                ThreadPlatform.Current.Wait(&word, 0, NapNanoseconds);
            round++;
        }
        while (Volatile.Read(ref _held) != 0 || Interlocked.CompareExchange(ref _held, 1, 0) != 0);
    }
}
