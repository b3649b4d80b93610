using Weft.Scheduling;

namespace Weft.Diagnostics;

/// <summary>The text form of everything a scheduler holds.</summary>
internal static class SchedulerDump
{
    internal static void Write(Engine engine, TextWriter to)
    {
        to.WriteLine(ScheduleTrace.Line(engine, 0));
        foreach (string processor in engine.DescribeProcessors())
            to.WriteLine("  " + processor);
        foreach (string machine in engine.DescribeMachines())
            to.WriteLine("  " + machine);
        foreach (GoroutineInfo goroutine in engine.DescribeGoroutines())
            to.WriteLine("  " + goroutine.ToText());
    }
}
