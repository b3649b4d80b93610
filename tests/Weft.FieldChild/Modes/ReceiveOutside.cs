namespace Weft.FieldChild.Modes;

/// <summary>
/// Code that is no goroutine receives what the goroutines of a burst send: half of it awaited, half of it blocking its thread.
/// </summary>
internal static class ReceiveOutside
{
    internal static int Run(string[] arguments) => RunAsync(Burst.Parse(arguments)).GetAwaiter().GetResult();

    private static async Task<int> RunAsync(Burst burst)
    {
        var channel = new Chan<int>();
        for (int i = 0; i < burst.Count; i++)
        {
            Go.Start(() =>
            {
                Thread.Sleep(burst.Milliseconds);
                channel.Send(1);
            });
        }

        int sum = 0;
        for (int i = 0; i < burst.Count; i++)
            sum += i % 2 == 0 ? await channel.ReceiveAsync() : channel.Receive();
        Console.WriteLine($"{sum} received");
        return 0;
    }
}
