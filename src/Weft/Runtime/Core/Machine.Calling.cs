using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Weft.Runtime.Core;

/// <content>
/// Which machine the calling thread is. Nearly every operation asks, and a thread-static costs a call into the system's loader: so the
/// answer is looked up by the address of the caller's stack frame, and only if that finds nothing in the thread-static.
/// <para>
/// <b>Why the answer is right.</b> From the first frame of a machine's life down, <see cref="Window"/> bytes are its thread's own stack, in
/// which no other thread has frames until that one has returned from it. The machine writes its window before it enters itself into the
/// table, and takes itself out before it returns: whoever finds it there with an address inside the window is that thread. A thread that
/// gets the same memory as its stack later was created after the other had left. A machine that is missing in the table (others have its
/// places), or is deeper in its stack than the window, is found through the thread-static.
/// </para>
/// </content>
internal sealed partial class Machine
{
    /// <summary>Half of the smallest stack there is: so it is all the thread's own, whatever lies above the first frame.</summary>
    private const int Window = 1 << WindowShift;

    private const int WindowShift = 17;

    /// <summary>
    /// A power of two. Stacks mapped one after the other lie an odd number of half places apart (see <see cref="Threads.StackPool"/>),
    /// whatever their size, so that more machines than most computers have CPUs do not meet; those that do are only slower.
    /// </summary>
    private const int Places = 1024;

    private static readonly Place[] s_places = new Place[Places];

    [ThreadStatic]
    private static Machine? t_current;

    // The lower end of the window; zero until it is known, and where threads are not created for machines. Written by the machine.
    private nuint _window;

    /// <summary>The machine of the calling thread, or null.</summary>
    internal static unsafe Machine? Calling
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            byte here;
            nuint address = (nuint)(&here);
            if (PlaceOf(address) is Machine machine && address - machine._window < Window)
            {
                Debug.Assert(machine == t_current, "A stack was taken for another thread's.");
                return machine;
            }

            return t_current;
        }
    }

    /// <summary>The goroutine that the calling thread runs, or null.</summary>
    internal static Goroutine? CurrentGoroutine => Calling?.Current;

    /// <summary>The goroutine whose code the calling thread runs, be it in a declared call of it; null if it runs none.</summary>
    internal static Goroutine? CallingGoroutine => Calling?.OnStack;

    /// <summary>By the machine, every so often: enters it into the table again if another has taken a place of its own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void KeepPlaces()
    {
        if (_window != 0 && (LowPlace != this || HighPlace != this))
            EnterPlaces();
    }

    /// <summary>The calling thread, whose first frame is here, becomes this machine.</summary>
    private unsafe void BecomeCalling()
    {
        t_current = this;
        if (!Engine.Platform.CreatesThreads)
            return;
        byte here;
        _window = (nuint)(&here) - Window + 1;
        EnterPlaces();
    }

    /// <summary>The calling thread becomes what it was before.</summary>
    private void CeaseCalling(Machine? outer)
    {
        if (_window != 0)
        {
            Interlocked.CompareExchange(ref LowPlace, null, this);
            Interlocked.CompareExchange(ref HighPlace, null, this);
        }

        t_current = outer;
    }

    private void EnterPlaces()
    {
        Volatile.Write(ref LowPlace, this);
        Volatile.Write(ref HighPlace, this);
    }

    // A window is as long as a place and lies across two: which of them the frames are in depends on where the stack begins.
    private ref Machine? LowPlace => ref PlaceOf(_window);

    private ref Machine? HighPlace => ref PlaceOf(_window + Window - 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref Machine? PlaceOf(nuint address) =>
        ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(s_places), (address >> WindowShift) % Places).Machine;

    // A struct around the reference keeps array stores free of the covariance check.
    private struct Place
    {
        internal Machine? Machine;
    }
}
