namespace Weft.FieldChild.Modes;

/// <summary>A main goroutine is run while there is no thread to be had: it runs once there is one.</summary>
internal static class FullRun
{
    private static readonly TimeSpan s_stay = TimeSpan.FromMilliseconds(300);

    internal static int Run(string[] arguments)
    {
        _ = new ThreadFill(s_stay);
        Console.WriteLine(Go.Run(() => Task.FromResult("ran")));
        return 0;
    }
}
