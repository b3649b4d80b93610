using System.Diagnostics;

namespace Weft.Benchmarks.Web;

/// <summary>
/// Ends this process when the one that started it has ended, however that came to be: its end of the standard input is then closed.
/// </summary>
internal static class ParentWatch
{
    public static void Start() => new Thread(WaitForEnd) { IsBackground = true, Name = "parent-watch" }.Start();

    private static void WaitForEnd()
    {
        using Stream input = Console.OpenStandardInput();
        byte[] ignored = new byte[16];
        while (input.Read(ignored) > 0)
        {
        }

        // Not Environment.Exit, which waits for handlers that block.
        using Process self = Process.GetCurrentProcess();
        self.Kill();
    }
}
