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
    private static Processor Disown(Machine machine)
    {
        Processor processor = machine.Processor!;
        machine.Processor = null;
        Disown(processor);
        return processor;
    }

    /// <summary>The processor has no owner from now on, and is in the caller's hands. The lock is held.</summary>
    private static void Disown(Processor processor)
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
    /// Hands a processor that the caller has to a parked machine, with the goroutine it waits for, if any, and wakes it. False when the
    /// machine is on its way out: its goroutine has ended locked, and what is still posted to it runs anywhere.
    /// </summary>
    private bool TryHandTo(Machine machine, Processor processor, Goroutine? goroutine)
    {
        _lock.Enter();
        if (machine.IsGone)
        {
            _lock.Exit();
            return false;
        }

        HandTo(machine, processor, goroutine);
        AssertInvariants();
        _lock.Exit();
        machine.Unpark();
        return true;
    }

    /// <summary>The lock is held; the processor is in the caller's hands, or stands for none (<see cref="RunWithoutProcessor"/>).</summary>
    private static void HandTo(Machine machine, Processor processor, Goroutine? goroutine)
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
    /// Hands the run right of a goroutine that the caller has in its hands to the machine that waits to go on with it; a processor for that
    /// machine is to follow.
    /// </summary>
    private static Machine HandRunRight(Goroutine goroutine, ComebackItem back)
    {
        goroutine.RemovePendingComeback();
        goroutine.MarkRunning();
        goroutine.NoteRunner(back.Runner);
        return (Machine)back.Runner;
    }

    /// <summary>
    /// Hands a processor to the machine that a bound goroutine belongs to. The lock is held, and the goroutine is in the caller's hands.
    /// That machine is parked or about to be, since its goroutine was in a queue; or it <paramref name="waits"/>, and hears of mail.
    /// </summary>
    private static Machine HandToItsMachine(Goroutine goroutine, Processor processor, out bool waits)
    {
        waits = false;
        if (goroutine.PendingComeback is ComebackItem back)
        {
            Machine waiter = HandRunRight(goroutine, back);
            HandTo(waiter, processor, null);
            return waiter;
        }

        if (goroutine.LockedMachine is { IsGone: false } locked)
        {
            HandTo(locked, processor, goroutine);
            return locked;
        }

        var host = (Machine)goroutine.Extra.FindHost()!;
        waits = host.Hosting == Hosting.Hears;
        goroutine.MarkRunning();
        goroutine.NoteRunner(host);
        HandTo(host, processor, goroutine);
        return host;
    }
}
