using System.Globalization;

namespace Weft.FieldChild.Modes;

/// <summary>Work on .NET's pool blocks at once, under a guard: it gets the threads that there are, and all of it ends.</summary>
internal static class GuardedPool
{
    /// <param name="arguments">How many items, and for how many milliseconds each blocks.</param>
    internal static int Run(string[] arguments)
    {
        int count = int.Parse(arguments[0], CultureInfo.InvariantCulture);
        int milliseconds = int.Parse(arguments[1], CultureInfo.InvariantCulture);
        using ThreadPoolGuard guard = ThreadPoolGuard.Start();
        using var ended = new CountdownEvent(count);
        for (int i = 0; i < count; i++)
        {
            ThreadPool.QueueUserWorkItem(_ =>
            {
                Thread.Sleep(milliseconds);
                ended.Signal();
            });
        }

        ended.Wait();
        Console.WriteLine($"{count} ended");
        return 0;
    }
}
