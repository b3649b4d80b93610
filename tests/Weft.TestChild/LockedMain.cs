using System.Globalization;

namespace Weft.TestChild;

/// <summary>
/// Goroutines that end locked, started and waited for by the process's main thread. That thread is not the scheduler's: it must be there
/// afterwards, since a process whose main thread has exited cannot be waited for.
/// </summary>
internal static class LockedMain
{
    private const int Goroutines = 20;

    internal static int Run(string[] arguments)
    {
        int ended = 0;
        bool returned = false;

        // A main thread that has exited cannot say so itself.
        var watcher = new Thread(() =>
        {
            while (!Volatile.Read(ref returned) && !IsGone())
                Thread.Sleep(1);
            Console.WriteLine($"main thread {(IsGone() ? "gone" : "alive")}, {ended} goroutines ended");
            if (IsGone())
                Environment.Exit(1);
        });
        watcher.Start();
        for (int i = 0; i < Goroutines; i++)
        {
            Go.Run(() =>
            {
                Go.LockOSThread();
                ended++;
            });
        }

        Volatile.Write(ref returned, true);
        watcher.Join();
        return 0;
    }

    // Z is what Linux shows for a main thread that has exited, as long as others run.
    private static bool IsGone()
    {
        string id = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        string stat = File.ReadAllText($"/proc/self/task/{id}/stat");
        return stat[stat.LastIndexOf(')') + 2] == 'Z';
    }
}
