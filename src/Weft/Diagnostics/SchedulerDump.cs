using System.Globalization;
using Weft.Runtime.Core;

namespace Weft.Diagnostics;

/// <summary>The text form of everything a scheduler holds.</summary>
internal static class SchedulerDump
{
    internal static void Write(Engine engine, TextWriter to)
    {
        to.WriteLine(ScheduleTrace.Line(engine, 0));
        (int threads, string reason) = engine.AllowedThreads;
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  maxthreads={threads} ({reason})"));
        foreach (string line in EngineReport.ProcessorsAndMachines(engine))
            to.WriteLine("  " + line);
        foreach (GoroutineInfo goroutine in EngineReport.Goroutines(engine))
            to.WriteLine("  " + goroutine);
    }
}
