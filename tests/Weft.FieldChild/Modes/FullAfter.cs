namespace Weft.FieldChild.Modes;

/// <summary>
/// Code that is no goroutine waits for a time at a channel while there is no thread to be had: it goes on once there is one.
/// </summary>
internal static class FullAfter
{
    private static readonly TimeSpan s_stay = TimeSpan.FromMilliseconds(300);

    internal static int Run(string[] arguments)
    {
        _ = new ThreadFill(s_stay);
        Go.After(TimeSpan.FromMilliseconds(1)).Receive();
        Console.WriteLine("fired");
        return 0;
    }
}
