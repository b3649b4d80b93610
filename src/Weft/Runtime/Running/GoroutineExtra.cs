using Weft.Contracts;
using Weft.Runtime.Host;

namespace Weft.Runtime.Running;

/// <summary>What only few goroutines need; made on first use so that the others stay small.</summary>
internal sealed class GoroutineExtra
{
    /// <summary>The source of <see cref="Goroutine.Completion"/>, once it was asked for.</summary>
    internal TaskCompletionSource? Completion;

    /// <summary>Its name and labels, once it has any.</summary>
    internal GoroutineTags? Tags;

    /// <summary>
    /// Set once it has ended, for the thread that waits for a main goroutine: through <see cref="Completion"/> that would take a thread of
    /// the pool.
    /// </summary>
    internal BlockingSignal? WhenEnded { get; set; }

    /// <summary>Why it will never end, once the scheduler is disposed.</summary>
    internal Exception? Abandoned { get; set; }

    /// <summary>The machine the goroutine is locked to; written by <see cref="Goroutine.LockedTo"/>.</summary>
    internal Runner? LockedTo { get; set; }

    /// <summary>Locks taken and not undone; the goroutine is locked while it is above zero.</summary>
    internal int LockCount { get; set; }

    /// <summary>Whether the thread is to be kept when the goroutine ends locked.</summary>
    internal bool KeepThread { get; set; }

    /// <summary>Made with the first lock: what wakes the locked goroutine from a wait when something is posted to it.</summary>
    internal MailSignal? MailSignal { get; set; }

    /// <summary>
    /// The first of the machines that wait with frames of it on their stacks, or come back from that, and have not the run right; the one
    /// that began last goes first. Linked by <see cref="Runner.NextHost"/>; under the engine's lock.
    /// </summary>
    internal Runner? Hosts { get; private set; }

    /// <summary>
    /// The first of the machines that are hosts of the goroutine or of those that go on with its flows, where these run side by side.
    /// Linked by <see cref="Runner.NextFlowHost"/>; under the engine's lock.
    /// </summary>
    internal Runner? FlowHosts { get; private set; }

    /// <summary>Made when it first uses a select again and again.</summary>
    internal IKeptSelects? KeptSelects { get; set; }

    /// <summary>With the engine's lock.</summary>
    internal void AddHost(Runner machine) => Hosts = Linked(machine, Hosts, ofFlows: false);

    /// <summary>With the engine's lock.</summary>
    internal void RemoveHost(Runner machine) => Hosts = Unlinked(machine, Hosts, ofFlows: false);

    /// <summary>With the engine's lock.</summary>
    internal void AddFlowHost(Runner machine) => FlowHosts = Linked(machine, FlowHosts, ofFlows: true);

    /// <summary>With the engine's lock.</summary>
    internal void RemoveFlowHost(Runner machine) => FlowHosts = Unlinked(machine, FlowHosts, ofFlows: true);

    /// <summary>
    /// The machine to be given the goroutine: one that comes back, so that its wait is over; otherwise one that hears of mail. With the
    /// engine's lock.
    /// </summary>
    internal Runner? FindHost()
    {
        Runner? hears = null;
        for (Runner? host = Hosts; host is not null; host = host.NextHost)
        {
            if (host.Hosting == Hosting.ComesBack)
                return host;
            if (hears is null && host.Hosting == Hosting.Hears)
                hears = host;
        }

        return hears;
    }

    private static Runner Linked(Runner machine, Runner? first, bool ofFlows)
    {
        machine.NextHostOf(ofFlows) = first;
        return machine;
    }

    private static Runner? Unlinked(Runner machine, Runner? first, bool ofFlows)
    {
        ref Runner? link = ref first;
        while (link != machine)
            link = ref link!.NextHostOf(ofFlows);
        link = machine.NextHostOf(ofFlows);
        machine.NextHostOf(ofFlows) = null;
        return first;
    }
}
