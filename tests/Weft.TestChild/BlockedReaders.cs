using System.Globalization;
using System.Runtime.InteropServices;

namespace Weft.TestChild;

/// <summary>
/// Goroutines that block in read(2), and one that wakes them all: it has to get its turn while each of them keeps a thread. What /proc
/// shows may be changed before, for the process alone if it has a mount namespace to itself. Prints how many have read, and whether the
/// monitor noticed them.
/// </summary>
internal static partial class BlockedReaders
{
    private const int MNT_DETACH = 2;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(50);

    /// <summary>The command: how many goroutines, and what is done with /proc once the scheduler has a thread.</summary>
    internal static int Run(string[] arguments)
    {
        int readers = int.Parse(arguments[0], CultureInfo.InvariantCulture);
        using var scheduler = new Scheduler(new SchedulerOptions { Name = "readers", MaxProcs = 2 });
        Console.WriteLine($"before: {Shown(scheduler)}");
        int error = arguments[1] switch
        {
            "keep" => 0,
            "hide" => Mount("none", "/proc", "tmpfs", 0, 0),
            "unmount" => Unmount("/proc", MNT_DETACH),
            _ => throw new ArgumentException($"no such change of /proc: {arguments[1]}"),
        };
        if (error != 0)
            throw new InvalidOperationException($"/proc cannot be changed: error {Marshal.GetLastPInvokeError()}.");
        Console.WriteLine($"now: {Shown(scheduler)}");

        int[] ends = new int[2];
        if (Pipe(ends) != 0)
            throw new InvalidOperationException($"No pipe: error {Marshal.GetLastPInvokeError()}.");
        int begun = 0, read = 0;
        var goroutines = new Goroutine[readers];
        for (int i = 0; i < readers; i++)
        {
            goroutines[i] = scheduler.Start(() =>
            {
                byte b = 0;
                Interlocked.Increment(ref begun);
                if (Read(ends[0], ref b, 1) == 1)
                    Interlocked.Increment(ref read);
            });
        }

        // Nothing can be read before all have begun, that is, before each has had to give its processor to the next.
        Goroutine writer = scheduler.Start(() =>
        {
            while (Volatile.Read(ref begun) < readers)
                Thread.Yield();
            byte b = 0;
            for (int i = 0; i < readers; i++)
                _ = Write(ends[1], ref b, 1);
        });
        if (!Task.WaitAll([.. goroutines.Select(g => g.Completion), writer.Completion], s_limit))
        {
            Console.WriteLine($"stuck: {begun} have begun, {read} have read");
            Environment.Exit(1);
        }

        // A thread that is caught before it sleeps, and not looked at again for a time slice, is taken for one that computes.
        bool most = scheduler.Statistics.HandOffsByMonitor >= readers * 9 / 10;
        Console.WriteLine($"{read} have read, {(most ? "most" : "few")} were seen asleep by the monitor");
        return 0;
    }

    /// <summary>Whether /proc shows the thread of a goroutine under the id that the thread has for itself.</summary>
    private static string Shown(Scheduler scheduler) => scheduler.Start(() =>
    {
        string? link = new FileInfo("/proc/thread-self").LinkTarget;
        if (link is null)
            return "no id";
        return Path.GetFileName(link) == GetThreadId().ToString(CultureInfo.InvariantCulture) ? "own id" : "another id";
    }).Task.Result;

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int GetThreadId();

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string source, string target, string type, nuint flags, nint data);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unmount(string target, int flags);

    [LibraryImport("libc", EntryPoint = "pipe", SetLastError = true)]
    private static partial int Pipe([Out] int[] ends);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(int file, ref byte buffer, nint count);

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint Write(int file, ref byte buffer, nint count);
}
