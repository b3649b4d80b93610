using System.Globalization;

namespace Weft.FieldChild;

/// <summary>Goroutines that block their threads: more of them than there can be threads. The arguments of a mode say how many, and for how long.</summary>
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
}
