namespace Weft.FieldChild.Modes;

/// <summary>What the others are measured by: a burst on threads of .NET's own, each asked for again when it was refused.</summary>
internal static class NewThreads
{
    internal static int Run(string[] arguments)
    {
        Burst burst = Burst.Parse(arguments);
        int ended = 0;
        var threads = new List<Thread>();
        while (threads.Count < burst.Count)
        {
            var thread = new Thread(() =>
            {
                Thread.Sleep(burst.Milliseconds);
                Interlocked.Increment(ref ended);
            });
            try
            {
                thread.Start();
                threads.Add(thread);
            }
            catch (OutOfMemoryException)
            {
                Thread.Sleep(1);
            }
        }

        foreach (Thread thread in threads)
            thread.Join();
        Console.WriteLine($"{ended} ended");
        return 0;
    }
}
