namespace Weft.FieldChild.Modes;

/// <summary>A burst: <c>weft|threads COUNT MILLISECONDS</c>.</summary>
internal static class PlainBurst
{
    internal static int Run(string[] arguments)
    {
        Burst burst = Burst.Parse(arguments[1..]);
        Console.WriteLine(arguments[0] == "weft" ? burst.RunOnWeft() : burst.RunOnThreads());
        return 0;
    }
}
