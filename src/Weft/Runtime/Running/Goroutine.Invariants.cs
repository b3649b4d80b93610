using System.Diagnostics;
using Weft.Runtime.Running;

namespace Weft;

/// <content>
/// Debug builds: which machine has the run right, so that two continuations of one goroutine never run at once unnoticed.
/// </content>
public abstract partial class Goroutine
{
#pragma warning disable CA1822 // They could be static in release builds, where they are empty.
#if DEBUG
    // The machine that has the run right; null while none has it. Changed by the machine that takes it or gives it up.
    private Runner? _runner;
#endif

    /// <summary>The caller has taken the run right, for itself or for a parked machine.</summary>
    [Conditional("DEBUG")]
    internal void NoteRunner(Runner machine)
    {
#if DEBUG
        Runner? before = Interlocked.CompareExchange(ref _runner, machine, null);
        Debug.Assert(before is null, "A goroutine is run by two machines.");
        Debug.Assert(IsRunning, "A goroutine is run without the run right.");
#endif
    }

    /// <summary>The calling machine has the run right.</summary>
    [Conditional("DEBUG")]
    private void AssertRunner(Runner machine)
    {
#if DEBUG
        Debug.Assert(_runner == machine, "A continuation runs on a machine that has not the run right.");
#endif
    }

    /// <summary>The run right is about to be given up by the machine that has it.</summary>
    [Conditional("DEBUG")]
    private void NoteReleasing()
    {
#if DEBUG
        Runner? before = Interlocked.Exchange(ref _runner, null);
        Debug.Assert(before is not null, "The run right was given up by a machine that had it not.");
        Debug.Assert(IsRunning, "The run right was given up twice.");
#endif
    }
#pragma warning restore CA1822
}
