using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Weft.Tests.Support;

/// <summary>
/// Ends the process with a dump when a test hangs, so that a hang costs seconds and leaves a trace. One thread sleeps until the
/// deadline of what runs now. Should the runtime itself be stuck, so that no managed thread runs, the kernel's alarm ends the
/// process a little later.
/// </summary>
internal static partial class HangWatchdog
{
    /// <summary>What <c>timeout(1)</c> ends with; no code of the test platform.</summary>
    public const int ExitCode = 124;

    /// <summary>The longest a test may take that says nothing else.</summary>
    public static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(60);

    /// <summary>The alarm comes later than the deadline by the time that a dump may take.</summary>
    private const uint AlarmGraceSeconds = 30;

    private static readonly object s_gate = new();
    private static string s_activity = "";
    private static TimeSpan s_limit = DefaultLimit;
    private static long s_started;
    private static Thread? s_thread;

    /// <summary>From now on <paramref name="activity"/> runs, and may take <paramref name="limit"/>.</summary>
    public static void Expect(string activity, TimeSpan limit)
    {
        if (Debugger.IsAttached)
            return;
        lock (s_gate)
        {
            s_activity = activity;
            s_limit = limit;
            s_started = Stopwatch.GetTimestamp();
            Monitor.Pulse(s_gate);
            if (s_thread is null)
            {
                s_thread = new Thread(Watch) { IsBackground = true, Name = "hang-watchdog" };
                s_thread.Start();
            }
        }

        if (OperatingSystem.IsLinux())
            _ = SetAlarm((uint)limit.TotalSeconds + AlarmGraceSeconds);
    }

    private static void Watch()
    {
        string activity;
        TimeSpan limit;
        lock (s_gate)
        {
            TimeSpan left;
            while ((left = s_limit - Stopwatch.GetElapsedTime(s_started)) > TimeSpan.Zero)
                Monitor.Wait(s_gate, left + TimeSpan.FromMilliseconds(1));
            activity = s_activity;
            limit = s_limit;
        }

        HangDump.Write($"HANG: {activity} did not end within {limit.TotalSeconds:0} s. Exit code {ExitCode}.");
        EndProcess(ExitCode);
    }

    // exit would run handlers, and one of those may wait for what hangs.
    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void EndProcess(int code);

    [LibraryImport("libc", EntryPoint = "alarm")]
    private static partial uint SetAlarm(uint seconds);
}
