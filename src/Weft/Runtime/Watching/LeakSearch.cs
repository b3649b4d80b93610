using System.Runtime;
using System.Runtime.CompilerServices;
using Weft.Runtime.Core;
using Weft.Runtime.Host;
using Weft.Runtime.Running;
using Weft.Threads;

namespace Weft.Runtime.Watching;

/// <summary>
/// Finds the goroutines that nothing can ever wake: those that nothing can reach which can still run. .NET's collector decides it, with
/// parked goroutines being no roots. It is Go's idea (the goroutine leak profile; Saioc et al., ASPLOS 2025), by other means.
/// </summary>
/// <remarks>
/// <para>
/// <b>Why it is certain.</b> A goroutine goes on only when its body is resumed, by something that refers to the body or to what resumes it:
/// an operation in the queue of a channel, a timer, a task. The caller that completes such a thing must reach it first. So a body that is
/// reached neither from a running goroutine, a thread, a static field or a handle of the runtime's, nor from a finalizer (see below), is
/// never resumed. Only bodies of parked goroutines are exempt from being roots, and whatever one of those that can be reached leads to is
/// reached, too, in the same collection.
/// </para>
/// <para>
/// <b>What is taken away.</b> The scheduler refers to every goroutine, and users refer to goroutines. Their handles lead to bodies, and
/// must not count. So the searcher holds each parked goroutine of the process (<see cref="Goroutine.TryHold"/>) and moves what its handle
/// leads to into its <see cref="GoroutineLuggage"/>. Those that wait for the goroutine's end are reached through a dependent handle: if its
/// body is reached, they are.
/// </para>
/// <para>
/// <b>The first collection</b> loses nothing. All luggage is in one <see cref="Ark"/>, to which nothing refers but a long weak handle. The
/// ark has a finalizer, so the collector keeps it, with all that it leads to, but only after it has cleared the short weak handle of each
/// body that was not reached. Between the moment in which the searcher gives the ark up and the one in which it has it back, the ark is in
/// the list of those to be finalized or in the queue of those about to be, and its finalizer, should it run, puts the ark into that list
/// again.
/// </para>
/// <para>
/// <b>The second collection</b> makes certain (<see cref="Confirm"/>). A finalizer may wake goroutines, too, and finalizers are run for
/// what only parked goroutines refer to. So the bodies that were not reached are given up without an ark, held by long weak handles alone:
/// what a finalizer can reach stays. What is gone then, nobody can ever ask for. It takes place only when a main goroutine was not reached,
/// which is the end of <c>Run</c>.
/// </para>
/// <para>
/// <b>What a weak reference leads to is not reached,</b> as always in .NET. For the objects that the framework itself refers to in that
/// way, and that call others of their own accord, see <see cref="WeakEventSources"/>.
/// </para>
/// <para>
/// <b>Which thread may touch a goroutine that is held:</b> see Goroutine.Search.cs. There is one search at a time in the process
/// (<see cref="s_lock"/>); a scheduler that is being disposed waits for its end before it abandons its goroutines
/// (<see cref="WaitForEnd"/>), and one that has stopped is left out.
/// </para>
/// </remarks>
internal sealed class LeakSearch
{
    /// <summary>
    /// Another collection may come between giving the ark up and ours, and keep it as a root in ours. That happens seldom, twice in a row
    /// hardly ever.
    /// </summary>
    private const int MaxCollections = 3;

    private static readonly FutexLock s_lock = new(ThreadPlatform.Current);

    private readonly List<HeldGoroutine> _held = [];
    private Ark? _ark;
    private WeakReference<Ark>? _arkHandle;

    private LeakSearch()
    {
    }

    /// <summary>Waits for the end of a search that is going on.</summary>
    internal static void WaitForEnd()
    {
        s_lock.Enter();
        s_lock.Exit();
    }

    /// <summary>Whether a search is possible now: a collection must not end what a user has asked the collector for.</summary>
    internal static bool IsPossible => GCSettings.LatencyMode != GCLatencyMode.NoGCRegion;

    /// <summary>The parked goroutines of the process that nothing but a finalizer can wake.</summary>
    internal static HashSet<Goroutine> Find() => Find(static _ => false);

    /// <summary>
    /// The same; if <paramref name="isToBeConfirmed"/> says so of what was found, then those that no finalizer can wake either.
    /// </summary>
    internal static HashSet<Goroutine> Find(Func<HashSet<Goroutine>, bool> isToBeConfirmed)
    {
        var search = new LeakSearch();
        s_lock.Enter();
        try
        {
            search.HoldAll();
            FaultPoints.Hit("search.held");
            HashSet<Goroutine> found = search.Sift();
            FaultPoints.Hit("search.sifted");
            return isToBeConfirmed(found) ? search.Confirm(found) : found;
        }
        finally
        {
            search.LetAllGo();
            s_lock.Exit();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void HoldAll()
    {
        List<Engine> engines = EngineList.Snapshot();
        bool alone = engines.Count(static engine => engine.GoroutinesAlive > 0) <= 1;
        foreach (Engine engine in engines)
        {
            foreach (Goroutine goroutine in engine.Registry.Snapshot())
            {
                if (goroutine.TryHold())
                    _held.Add(new HeldGoroutine(goroutine, alone));
            }
        }
    }

    /// <summary>The first collection.</summary>
    private HashSet<Goroutine> Sift()
    {
        int count;
        int round = 0;
        do
        {
            Pack();
            FaultPoints.Hit("search.packed");
            count = GC.CollectionCount(0);
            DropArk();
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
            FaultPoints.Hit("search.collected");
            RecoverArk();
            count = GC.CollectionCount(0) - count;
        }
        while (!Unpack() && count > 1 && ++round < MaxCollections);
        return [.. _held.Where(static held => held.IsLost && !held.Goroutine.WasSentTo).Select(static held => held.Goroutine)];
    }

    /// <summary>The second collection: of those that the first has found, the ones that are gone. The others are as before.</summary>
    private HashSet<Goroutine> Confirm(HashSet<Goroutine> found)
    {
        foreach (HeldGoroutine held in _held)
        {
            if (found.Contains(held.Goroutine))
                held.Weaken();
        }

        FaultPoints.Hit("search.givenup");
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
        foreach (HeldGoroutine held in _held)
        {
            if (found.Contains(held.Goroutine) && (!held.Recover() || held.Goroutine.WasSentTo))
                found.Remove(held.Goroutine);
        }

        return found;
    }

    // In methods of their own: what they refer to must be on no stack during the collection. The code may not be optimized, and then any
    // value that a method has ever loaded counts until it returns.

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Pack()
    {
        _ark = new Ark(_held.Count);
        _arkHandle = new WeakReference<Ark>(_ark, trackResurrection: true);
        foreach (HeldGoroutine held in _held)
            held.Pack(_ark);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void DropArk() => _ark = null;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RecoverArk()
    {
        if (!_arkHandle!.TryGetTarget(out _ark))
            throw new InvalidOperationException("A search for goroutines that nothing can wake has lost what it had taken away.");
    }

    /// <summary>Gives everything back; false if nobody was lost.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Unpack()
    {
        List<GoroutineLuggage> luggage = _ark!.Luggage;
        bool anyLost = false;
        for (int i = 0; i < luggage.Count; i++)
            anyLost |= _held[i].Unpack(luggage[i]);
        _ark.Land();
        _ark = null;
        return anyLost;
    }

    private void LetAllGo()
    {
        if (_ark is not null)
            Unpack(); // memory ran out on the way
        foreach (HeldGoroutine held in _held)
            held.Goroutine.LetGo();
    }
}
