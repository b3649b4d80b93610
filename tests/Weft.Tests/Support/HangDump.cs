using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Weft.Tests.Support;

/// <summary>
/// Writes what every goroutine and every thread of the process does to standard error. It goes past <see cref="Console"/>, whose lock the
/// hang may hold or which a test may have redirected, and looks at each scheduler on a thread of its own, since the scheduler may be what
/// hangs.
/// </summary>
internal static class HangDump
{
    private static readonly TimeSpan s_schedulerLimit = TimeSpan.FromSeconds(5);
    private static readonly List<WeakReference<Scheduler>> s_schedulers = [];

    /// <summary>Makes a dump show <paramref name="scheduler"/> while it lives.</summary>
    public static void Show(Scheduler scheduler)
    {
        lock (s_schedulers)
        {
            s_schedulers.RemoveAll(known => !known.TryGetTarget(out _));
            s_schedulers.Add(new WeakReference<Scheduler>(scheduler));
        }
    }

    public static void Write(string title)
    {
        using Stream file = OpenError();
        using var to = new StreamWriter(file, new UTF8Encoding(false)) { AutoFlush = true };
        to.WriteLine();
        to.WriteLine(title);
        WriteThreads(to);
        foreach (Scheduler scheduler in Schedulers())
            WriteScheduler(scheduler, to);
    }

    private static Stream OpenError() => OperatingSystem.IsWindows()
        ? Console.OpenStandardError() // 2 is no handle there
        : new FileStream(new SafeFileHandle(2, ownsHandle: false), FileAccess.Write, bufferSize: 0);

    private static List<Scheduler> Schedulers()
    {
        lock (s_schedulers)
            return [.. s_schedulers.Select(known => known.TryGetTarget(out Scheduler? it) ? it : null).OfType<Scheduler>()];
    }

    private static void WriteScheduler(Scheduler scheduler, StreamWriter to)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        var writer = new Thread(() => WriteScheduler(scheduler, text)) { IsBackground = true };
        writer.Start();
        bool ended = writer.Join(s_schedulerLimit);
        to.WriteLine($"--- scheduler {scheduler.Name} ---");
        to.WriteLine(ended ? text.ToString() : $"its dump did not end within {s_schedulerLimit.TotalSeconds:0} s");
    }

    private static void WriteScheduler(Scheduler scheduler, StringWriter to)
    {
        try
        {
            scheduler.WriteDump(to);
        }
        catch (Exception e)
        {
            to.WriteLine(e);
        }
    }

    private static void WriteThreads(StreamWriter to)
    {
        if (!Directory.Exists("/proc/self/task"))
            return;
        to.WriteLine("--- threads: id, name, state, kernel function, system call ---");
        foreach (string task in Directory.EnumerateDirectories("/proc/self/task"))
        {
            // "123 (a name) S 1 ...": the name may hold anything, the state follows its last bracket.
            string stat = Read(task, "stat");
            int name = stat.LastIndexOf(')');
            string state = name >= 0 && name + 2 < stat.Length ? stat.Substring(name + 2, 1) : "?";
            string call = Read(task, "syscall").Split(' ')[0];
            to.WriteLine($"{Path.GetFileName(task),8} {Read(task, "comm"),-16} {state} {Read(task, "wchan"),-24} {call}");
        }
    }

    private static string Read(string task, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, file)).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "?";
        }
    }
}
