using System.Runtime.CompilerServices;

namespace Weft.Tests.Support;

/// <summary>Has every scheduler that a test makes shown in a <see cref="HangDump"/>, <see cref="Scheduler.Default"/> included.</summary>
internal static class SchedulerWatch
{
    [ModuleInitializer]
    internal static void Begin() => Scheduler.Created = HangDump.Show;
}
