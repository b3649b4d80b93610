namespace Weft.Samples.WebShop;

/// <summary>
/// Notices the end of the process that started this one, however that came to be: its end of the standard input is then closed.
/// </summary>
internal static class ParentWatch
{
    /// <summary>Does something when the standard input ends, on a thread of its own: the pool may starve.</summary>
    public static void Start(Action atEnd) =>
        new Thread(() => WaitForEnd(atEnd)) { IsBackground = true, Name = "parent-watch" }.Start();

    private static void WaitForEnd(Action atEnd)
    {
        using Stream input = Console.OpenStandardInput();
        byte[] ignored = new byte[16];
        while (input.Read(ignored) > 0)
        {
        }

        atEnd();
    }
}
