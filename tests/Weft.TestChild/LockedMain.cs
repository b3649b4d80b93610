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
        for (int i = 0; i < Goroutines; i++)
        {
            Go.Run(() =>
            {
                Go.LockOSThread();
                ended++;
            });
        }

        // Z is what Linux shows for a main thread that has exited.
        string id = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        string stat = File.ReadAllText($"/proc/self/task/{id}/stat");
        Console.WriteLine($"main thread {(stat[stat.LastIndexOf(')') + 2] == 'Z' ? "gone" : "alive")}, {ended} goroutines ended");
        return 0;
    }
}
