using System.Globalization;

namespace Weft.FieldChild;

/// <summary>
/// Goroutines that block their threads: more of them than there can be threads. The arguments of a mode say how many, and for how long.
/// </summary>
internal readonly record struct Burst(int Count, int Milliseconds)
{
    /// <summary>Reads <c>COUNT MILLISECONDS</c>.</summary>
    internal static Burst Parse(string[] arguments) =>
        new(int.Parse(arguments[0], CultureInfo.InvariantCulture), int.Parse(arguments[1], CultureInfo.InvariantCulture));

    /// <summary>Starts them; each gives 1.</summary>
    internal Goroutine<int>[] Start(Scheduler scheduler)
    {
        int milliseconds = Milliseconds;
        var all = new Goroutine<int>[Count];
        for (int i = 0; i < all.Length; i++)
        {
            all[i] = scheduler.Start(() =>
            {
                Thread.Sleep(milliseconds);
                return 1;
            });
        }

        return all;
    }

    /// <summary>Runs them all on Weft and waits, in code that is no goroutine; says how many ended.</summary>
    internal string RunOnWeft()
    {
        int ended = 0;
        foreach (Goroutine<int> one in Start(Scheduler.Default))
        {
            one.Completion.Wait();
            ended++;
        }

        return $"{ended} ended";
    }

    /// <summary>The same with a thread of .NET for each, which is waited for when another is refused.</summary>
    internal string RunOnThreads()
    {
        int milliseconds = Milliseconds, ended = 0;
        var running = new Queue<Thread>();
        for (int i = 0; i < Count;)
        {
            try
            {
                var thread = new Thread(() => Thread.Sleep(milliseconds));
                thread.Start();
                running.Enqueue(thread);
                i++;
            }
            catch (OutOfMemoryException) when (running.TryDequeue(out Thread? oldest))
            {
                oldest.Join();
                ended++;
            }
        }

        foreach (Thread thread in running)
        {
            thread.Join();
            ended++;
        }

        return $"{ended} ended";
    }
}
