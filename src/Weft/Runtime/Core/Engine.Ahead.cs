using Weft.Runtime.Host;

namespace Weft.Runtime.Core;

/// <content>
/// A goroutine that is expected to block (<see cref="BlockHabit"/>): its machine hands the processor on before that, and goes on with the
/// goroutine without one.
/// <para>
/// <b>States.</b> A machine with <see cref="Machine.IsAhead"/> runs a goroutine, owns no processor, and does not want one: neither for the
/// goroutine's operations nor after a managed wait. A machine whose processor the monitor has taken differs in that last point only, so
/// every operation knows the way without a processor. The machine itself sets the flag, in goroutine code. It clears the flag when its
/// goroutine parks or ends (<see cref="Execute"/>), or when it was given a processor inside a wait (<see cref="EndBlocking"/>).
/// </para>
/// <para>
/// <b>No wake-up is lost:</b> the processor goes the way of every processor that is handed on (<see cref="HandOff"/>).
/// </para>
/// <para>
/// <b>The price:</b> more goroutines than processors may compute at a time, as with threads. That is why none is ahead that was not seen to
/// block.
/// </para>
/// </content>
internal sealed partial class Engine
{
    /// <summary>Hands the calling machine's processor on, if it has one. Its goroutine goes on without, until it parks or ends.</summary>
    internal void GoAhead(Machine machine)
    {
        if (machine.IsAhead || !Platform.CreatesThreads)
            return; // it is already, or there is no other machine
        if (machine.EnterScheduler() || StillOwns(machine))
        {
            _lock.Enter();
            Processor processor = Disown(machine);
            AssertInvariants();
            _lock.Exit();
            FaultPoints.Hit("ahead.disowned");
            HandOn(processor, HandOffCause.Explicit);
        }

        machine.IsAhead = true;
        machine.ExitScheduler();
    }
}
