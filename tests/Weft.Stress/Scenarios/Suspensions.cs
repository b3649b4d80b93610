using System.Diagnostics;
using Weft.Stress.Storms;

namespace Weft.Stress.Scenarios;

/// <summary>
/// Every thread is stopped and goes on later, at any point of its life: by SIGSTOP and SIGCONT from another process, as a debugger or a
/// container's freezer does; and by garbage collections, for half of the time.
/// </summary>
internal sealed class Suspensions : Scenario
{
    private const int StopsARound = 10;

    // With a trap, so that the last signal is SIGCONT in any case.
    private const string Stopper =
        "trap 'kill -CONT $1' EXIT; i=0; "
        + "while [ $i -lt $2 ] && kill -STOP $1; do sleep 0.01; kill -CONT $1; sleep 0.02; i=$((i + 1)); done";

    public override string Name => "suspensions";

    public override double Share => 0.7;

    public override void Run(ScenarioContext context)
    {
        var churn = new Churn(context.Options);
        bool stop = false;
        long collections = 0;
        var collector = new Thread(() =>
        {
            // As long a rest after each: with few CPUs and many threads, the others would else get nowhere,
            // and a storm would take a minute.
            for (int i = 0; !Volatile.Read(ref stop); i++)
            {
                long begun = Stopwatch.GetTimestamp();
                GC.Collect(i % 8 == 0 ? 2 : 0);
                Interlocked.Increment(ref collections);
                _ = Native.SleepMicroseconds((uint)Stopwatch.GetElapsedTime(begun).TotalMicroseconds);
            }
        })
        {
            IsBackground = true,
            Name = "collector",
        };
        collector.Start();
        do
        {
            var start = new ProcessStartInfo("sh");
            foreach (string argument in (string[])["-c", Stopper, "sh", $"{Environment.ProcessId}", $"{StopsARound}"])
                start.ArgumentList.Add(argument);
            using Process stopper = Process.Start(start)!;
            stopper.WaitForExit();
            StressFailure.ThrowUnless(stopper.ExitCode == 0, $"the process that stops this one ended with {stopper.ExitCode}");
            context.Add("stops", StopsARound);
            churn.ThrowIfFailed();
        }
        while (!context.IsOver);

        Volatile.Write(ref stop, true);
        collector.Join();
        churn.Stop(context);
        context.Set("collections", collections);
    }
}
