using System.Runtime.CompilerServices;
using Weft.Stress.Observation;
using Weft.Threads;

namespace Weft.Stress.Scenarios;

/// <summary>
/// Threads come and go while the finalizer thread, which frees the runtime's records of them, is held up. Stacks, mappings and files stay
/// flat even then; the records wait, and are gone when the finalizer thread goes on.
/// </summary>
internal sealed class BlockedFinalizer : Scenario
{
    private const int ThreadsPerRound = 2_000;
    private const int ThreadsPerLook = 500;

    // A conservative collector may find an address of the object on the stack that nobody means;
    // the next object makes that one's place be overwritten.
    private const int MostObjects = 200;
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(50);

    public override string Name => "finalizer";

    public override double Share => 1;

    public override void Run(ScenarioContext context)
    {
        var host = new ThreadHost(ThreadPlatform.Current, OSThreadOptions.MinStackSizeBytes);
        ThreadSoak.OneAfterTheOther(host, ThreadsPerRound);
        ProcessFigures before = ProcessFigures.Settled();
        ProcessFigures after;

        // While it is held up, what the runtime keeps may grow without limit.
        ProcessFigures heldUp =
            ThreadSoak.Limits with { AllocatedBytes = long.MaxValue, ResidentBytes = long.MaxValue, ManagedBytes = long.MaxValue };
        do
        {
            // Not disposed: objects that were kept alive may come later.
            var mayGoOn = new ManualResetEventSlim();
            var isHeld = new ManualResetEventSlim();
            try
            {
                HoldUp(isHeld, mayGoOn);
                for (int threads = 0; threads < ThreadsPerRound; threads += ThreadsPerLook)
                {
                    ThreadSoak.OneAfterTheOther(host, ThreadsPerLook);
                    GC.Collect();
                    ProcessFigures held = ProcessFigures.Now();
                    held.RequireNoMoreThan(before, heldUp, "while the finalizer thread is held up");
                    context.Max("most allocated while held up", held.AllocatedBytes - before.AllocatedBytes);
                }
            }
            finally
            {
                mayGoOn.Set();
                GC.WaitForPendingFinalizers();
            }

            context.Add("rounds");
            context.Add("threads", ThreadsPerRound);
            after = ProcessFigures.Settled();
            after.RequireNoMoreThan(before, ThreadSoak.Limits, "after the finalizer thread went on");
        }
        while (!context.IsOver);

        ThreadSoak.Report(context, before, after);
        host.Close();
        StressFailure.ThrowUnless(
            host.Created == host.Reaped && host.Stacks.BytesMapped == 0,
            $"{host.Created:N0} threads created, {host.Reaped:N0} reaped, {host.Stacks.BytesMapped:N0} bytes of stacks left");
    }

    private static void HoldUp(ManualResetEventSlim isHeld, ManualResetEventSlim mayGoOn)
    {
        for (int objects = 0; objects < MostObjects; objects++)
        {
            MakeGarbage(isHeld, mayGoOn);
            GC.Collect();
            if (isHeld.Wait(s_patience))
                return;
        }

        throw new StressFailure($"none of {MostObjects} objects was finalized");
    }

    // In a frame of its own, so that no register or stack slot of the caller keeps the object.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MakeGarbage(ManualResetEventSlim isHeld, ManualResetEventSlim mayGoOn) => _ = new Holder(isHeld, mayGoOn);

    private sealed class Holder(ManualResetEventSlim isHeld, ManualResetEventSlim mayGoOn)
    {
        ~Holder()
        {
            isHeld.Set();
            mayGoOn.Wait();
        }
    }
}
