using System.Globalization;

namespace Weft.FieldChild.Modes;

/// <summary>
/// A burst while the process may make only FREE mappings more: <c>weft|weft-late|threads FREE COUNT MILLISECONDS</c>. With
/// <c>weft-late</c> they are used up when Weft has run a burst already, and has seen that there are plenty.
/// </summary>
internal static class FewMappings
{
    /// <summary>Weft believes for a second what it has seen.</summary>
    private static readonly TimeSpan s_believed = TimeSpan.FromSeconds(1.1);

    internal static int Run(string[] arguments)
    {
        Burst burst = Burst.Parse(arguments[2..]);
        bool isLate = arguments[0] == "weft-late";
        if (isLate)
            burst.RunOnWeft();
        MappingFill.LeaveFree(int.Parse(arguments[1], CultureInfo.InvariantCulture));
        if (isLate)
            Thread.Sleep(s_believed);
        Console.WriteLine(arguments[0] != "threads" ? burst.RunOnWeft() : burst.RunOnThreads());
        return 0;
    }
}
