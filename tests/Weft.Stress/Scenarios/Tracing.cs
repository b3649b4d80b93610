using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;
using Weft.Stress.Storms;

namespace Weft.Stress.Scenarios;

/// <summary>
/// EventPipe, as <c>dotnet-trace</c> uses it: samples of the stacks of all threads a thousand times a second, and the runtime's own events
/// of threads and collections, in sessions that begin and end while threads come and go.
/// </summary>
internal sealed class Tracing : Scenario
{
    // Of the runtime's provider: GC 0x1, Threading 0x10000, AppDomainResourceManagement 0x800, which has the births and deaths of threads.
    private const long Keywords = 0x10801;
    private static readonly TimeSpan s_session = TimeSpan.FromMilliseconds(500);

    public override string Name => "tracing";

    public override double Share => 0.5;

    public override void Run(ScenarioContext context)
    {
        if (Environment.GetEnvironmentVariable("DOTNET_EnableDiagnostics") == "0")
        {
            context.Skipped.Add("DOTNET_EnableDiagnostics=0");
            return;
        }

        var churn = new Churn(context.Options);
        var client = new DiagnosticsClient(Environment.ProcessId);
        do
        {
            long bytes = RunSession(client, context.Options.Limit);
            StressFailure.ThrowUnless(bytes > 0, "a session brought no event");
            context.Add("sessions");
            context.Add("bytes", bytes);
            churn.ThrowIfFailed();
        }
        while (!context.IsOver);

        churn.Stop(context);
    }

    private static long RunSession(DiagnosticsClient client, TimeSpan limit)
    {
        using EventPipeSession session = client.StartEventPipeSession(
        [
            new EventPipeProvider("Microsoft-DotNETCore-SampleProfiler", EventLevel.Informational),
            new EventPipeProvider("Microsoft-Windows-DotNETRuntime", EventLevel.Informational, Keywords),
        ]);
        long bytes = 0;
        var reader = new Thread(() =>
        {
            byte[] buffer = new byte[64 * 1024];
            int count;
            while ((count = session.EventStream.Read(buffer)) > 0)
                Interlocked.Add(ref bytes, count);
        })
        {
            IsBackground = true,
            Name = "trace-reader",
        };
        reader.Start();
        Thread.Sleep(s_session);
        session.Stop();
        StressFailure.ThrowUnless(reader.Join(limit), "a session does not end");
        return bytes;
    }
}
