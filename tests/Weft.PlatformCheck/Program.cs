using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Weft.PlatformCheck;
using Weft.Threads;

// The behaviours that differ from system to system, without a test framework: so it can be compiled ahead of time, and run under an
// emulator that cannot carry one. Prints a line each; exits with 1 if one failed.
IThreadPlatform platform = ThreadPlatform.Current;
string runtime = RuntimeFeature.IsDynamicCodeSupported ? "CoreCLR" : "NativeAOT";
Console.WriteLine(
    $"platform {platform.Name}, {RuntimeInformation.OSDescription}, "
    + $"{RuntimeInformation.ProcessArchitecture}, {runtime} {Environment.Version}");

var checks = new List<(string Name, Action Run)>();
checks.AddRange(PlatformChecks.All(platform));
checks.AddRange(ThreadChecks.All(platform));
checks.AddRange(SchedulerChecks.All());
if (args.Length > 0)
    checks.RemoveAll(check => !args.Any(arg => check.Name.Contains(arg, StringComparison.OrdinalIgnoreCase)));

int failed = 0;
foreach ((string name, Action run) in checks)
{
    long begin = Stopwatch.GetTimestamp();
    Exception? problem = Check.Run(run);
    double milliseconds = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
    Console.WriteLine($"{(problem is null ? "ok    " : "FAILED")} {name} ({milliseconds:F0} ms){(problem is null ? "" : $"\n{problem}")}");
    failed += problem is null ? 0 : 1;
}

// A name that no check has must not look like success.
if (checks.Count == 0)
    failed = 1;
Console.WriteLine($"{checks.Count - failed} passed, {failed} failed");
return failed == 0 ? 0 : 1;
