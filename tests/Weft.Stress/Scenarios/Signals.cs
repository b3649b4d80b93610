using System.Runtime.InteropServices;
using Weft.Stress.Storms;

namespace Weft.Stress.Scenarios;

/// <summary>
/// SIGINT and SIGTERM, handled as a service handles them, while threads come and go: sent to the process, and to a machine's own thread,
/// whose signal stack Weft brings along.
/// </summary>
internal sealed class Signals : Scenario
{
    public override string Name => "signals";

    public override double Share => 0.5;

    public override void Run(ScenarioContext context)
    {
        using var handled = new SemaphoreSlim(0);
        using PosixSignalRegistration interrupt = Register(PosixSignal.SIGINT);
        using PosixSignalRegistration terminate = Register(PosixSignal.SIGTERM);
        var churn = new Churn(context.Options);
        var options = new SchedulerOptions
        {
            Name = "signal",
            MaxProcs = 2,
            IdleTimeout = TimeSpan.FromMilliseconds(1),
            MinIdleTimeout = TimeSpan.FromMilliseconds(1),
        };
        using var scheduler = new Scheduler(options);
        for (int number = 0; number == 0 || !context.IsOver; number++)
        {
            int signal = number % 2 == 0 ? Native.SIGINT : Native.SIGTERM;
            Send(scheduler, signal, toMachine: number % 4 < 2, context.Options.Limit);

            // A second signal of the kind before the first is handled would be one with it.
            StressFailure.ThrowUnless(handled.Wait(context.Options.Limit), $"signal {signal} was sent, and no handler ran");
            context.Add("signals handled");
            churn.ThrowIfFailed();
        }

        churn.Stop(context);

        PosixSignalRegistration Register(PosixSignal signal) => PosixSignalRegistration.Create(signal, received =>
        {
            received.Cancel = true;
            handled.Release();
        });
    }

    private static void Send(Scheduler scheduler, int signal, bool toMachine, TimeSpan limit)
    {
        if (!toMachine)
        {
            Native.SignalSelf(signal);
            return;
        }

        Goroutine sender = scheduler.Start(() =>
        {
            Go.LockOSThread(); // the thread ends right after
            Native.SignalThread(signal);
        });
        if (!sender.Completion.Wait(limit))
            throw StressFailure.Lost("a goroutine that sends its own thread a signal did not end", scheduler);
    }
}
