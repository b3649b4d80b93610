using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Weft.Runtime.Host;

/// <summary>
/// A thread that runs goroutines, as far as code below the scheduler has to know of it. The only class that derives from it, with the
/// layers in between, is the scheduler's machine: code that knows that class casts what <see cref="Calling"/> returns without a check.
/// </summary>
/// <remarks>
/// <para>
/// Which one the calling thread is: nearly every operation asks, and a thread-static costs a call into the system's loader. So the answer
/// is looked up by the address of the caller's stack frame, and only if that finds nothing in the thread-static.
/// </para>
/// <para>
/// <b>Why the answer is right.</b> From the first frame of the thread's life down, <see cref="Window"/> bytes are its own stack, in which
/// no other thread has frames until that one has returned from it. The thread writes its window before it enters itself into the table, and
/// takes itself out before it returns: a reader that finds it there with an address inside the window is that thread. A thread that gets
/// the same memory as its stack later was created after the other had left. A thread that is missing in the table (others have its places),
/// or is deeper in its stack than the window, is found through the thread-static.
/// </para>
/// </remarks>
internal abstract class WeftThread
{
    /// <summary>
    /// In bytes. Half of the smallest stack there is: so it is all the thread's own, whatever lies above the first frame.
    /// </summary>
    private const int Window = 1 << WindowShift;

    private const int WindowShift = 17;

    /// <summary>
    /// A power of two. Stacks mapped one after the other lie an odd number of half places apart (see <see cref="Threads.StackPool"/>),
    /// whatever their size, so that more threads than most computers have CPUs do not meet; those that do are only slower.
    /// </summary>
    private const int Places = 1024;

    private static readonly Place[] s_places = new Place[Places];

    [ThreadStatic]
    private static WeftThread? t_current;

    // The lower end of the window; zero until it is known, and where the thread is a user's. Written by the thread itself.
    private nuint _window;

    /// <summary>The one that the calling thread is, or null.</summary>
    internal static unsafe WeftThread? Calling
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        [SkipLocalsInit] // only the address of the local is of interest
        get
        {
            byte here;
            nuint address = (nuint)(&here);
            if (PlaceOf(address) is WeftThread thread && address - thread._window < Window)
            {
                Debug.Assert(thread == t_current, "A stack was taken for another thread's.");
                return thread;
            }

            return t_current;
        }
    }

    /// <summary>
    /// Whether a goroutine may have changed the calling thread for itself, on whatever scheduler: threads it created would inherit that.
    /// </summary>
    internal static bool CallingThreadIsLocked => Calling is { MayBeChanged: true };

    /// <summary>Whether a goroutine may have changed the thread for itself.</summary>
    internal abstract bool MayBeChanged { get; }

    /// <summary>The thread that does for this one what it must not do; null where the platform creates no threads.</summary>
    internal abstract Caretaker? Caretaker { get; }

    /// <summary>
    /// A blocking wait of Weft's own begins. Where the runtime would announce it to nobody, declares it to the scheduler, and returns true:
    /// then <see cref="EndUnhookedWait"/> is to follow. By the thread itself.
    /// </summary>
    internal abstract bool TryBeginUnhookedWait();

    /// <summary>The wait is over.</summary>
    internal abstract void EndUnhookedWait();

    /// <summary>By the thread, every so often: enters it into the table again if another has taken a place of its own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void KeepPlaces()
    {
        if (_window != 0 && (LowPlace != this || HighPlace != this))
            EnterPlaces();
    }

    /// <summary>The calling thread, whose first frame is here, becomes this one.</summary>
    /// <param name="isOwn">The thread was made for this and its stack is its own, so that it can be found by its frames.</param>
    private protected unsafe void BecomeCalling(bool isOwn)
    {
        t_current = this;
        if (!isOwn)
            return;
        byte here;
        _window = (nuint)(&here) - Window + 1;
        EnterPlaces();
    }

    /// <summary>The calling thread becomes what it was before.</summary>
    private protected void CeaseCalling(WeftThread? outer)
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
    private ref WeftThread? LowPlace => ref PlaceOf(_window);

    private ref WeftThread? HighPlace => ref PlaceOf(_window + Window - 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref WeftThread? PlaceOf(nuint address) =>
        ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(s_places), (address >> WindowShift) % Places).Thread;

    // A struct around the reference keeps array stores free of the covariance check.
    private struct Place
    {
        internal WeftThread? Thread;
    }
}
