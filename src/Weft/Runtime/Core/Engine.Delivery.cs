using Weft.Runtime.Running;

namespace Weft.Runtime.Core;

/// <content>
/// How a processor gets from one holder to the next: from a machine into the hands of the code that moves it, and from there to a machine,
/// with a goroutine or without.
/// </content>
internal sealed partial class Engine
{
    /// <summary>The machine gives up the processor that it owns. The lock is held.</summary>
    /// <returns>The processor, in the caller's hands.</returns>
    private static Processor TakeFrom(Machine machine)
    {
        Processor processor = machine.Processor!;
        machine.Processor = null;
        TakeIntoHands(processor);
        return processor;
    }

    /// <summary>The processor has no owner from now on, and is in the caller's hands. The lock is held.</summary>
    private static void TakeIntoHands(Processor processor)
    {
        processor.Owner = null;
        processor.InTransit = true;
    }

    /// <summary>The lock is held; the processor is in the caller's hands.</summary>
    private static void Own(Machine machine, Processor processor)
    {
        processor.InTransit = false;
        processor.Owner = machine;
        machine.Processor = processor;
        machine.CoarseTime = unchecked((int)Environment.TickCount64);
    }

    /// <summary>
    /// Gives a processor that the caller has to a parked machine, with the goroutine it waits for, if any, and wakes it. False when the
    /// machine is on its way out: its goroutine has ended locked, and what is still posted to it runs anywhere.
    /// </summary>
    private bool TryDeliver(Machine machine, Processor processor, Goroutine? goroutine)
    {
        _lock.Enter();
        if (machine.IsGone)
        {
            _lock.Exit();
            return false;
        }

        DeliverLocked(machine, processor, goroutine);
        AssertInvariants();
        _lock.Exit();
        machine.Unpark();
        return true;
    }

    /// <summary>The lock is held; the processor is in the caller's hands, or stands for none (<see cref="RunWithoutProcessor"/>).</summary>
    private static void DeliverLocked(Machine machine, Processor processor, Goroutine? goroutine)
    {
        if (!processor.IsNone)
        {
            processor.InTransit = false;
            processor.Owner = machine;
        }

        machine.NextGoroutine = goroutine;
        machine.Order = MachineOrder.Run;
        machine.NextProcessor = processor;
    }

    /// <summary>
    /// Gives the run right of a goroutine that the caller has in its hands to the machine that waits to go on with it; a processor for that
    /// machine is to follow.
    /// </summary>
    private static Machine GiveRunRight(Goroutine goroutine, ReturnItem back)
    {
        goroutine.RemovePendingReturn();
        goroutine.TakeRunRight();
        goroutine.NoteRunner(back.Runner);
        return (Machine)back.Runner;
    }

    /// <summary>
    /// Gives a processor to the machine that a bound goroutine belongs to. The lock is held, and the goroutine is in the caller's hands.
    /// That machine is parked or about to be, since its goroutine was in a queue; or it <paramref name="waits"/>, and hears of mail.
    /// </summary>
    private static Machine DeliverToOwn(Goroutine goroutine, Processor processor, out bool waits)
    {
        waits = false;
        if (goroutine.PendingReturn is ReturnItem back)
        {
            Machine waiter = GiveRunRight(goroutine, back);
            DeliverLocked(waiter, processor, null);
            return waiter;
        }

        if (goroutine.LockedMachine is { IsGone: false } locked)
        {
            DeliverLocked(locked, processor, goroutine);
            return locked;
        }

        var host = (Machine)goroutine.Extra.FindHost()!;
        waits = host.Hosting == Hosting.Hears;
        goroutine.TakeRunRight();
        goroutine.NoteRunner(host);
        DeliverLocked(host, processor, goroutine);
        return host;
    }
}
