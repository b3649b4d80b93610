namespace Weft.TestChild;

/// <summary>Goroutines that wait for each other at channels. A process to itself, since a pool at work could be about to use the channel.</summary>
internal static class ChannelDeadlock
{
    /// <param name="arguments">What to do; see below.</param>
    internal static int Run(string[] arguments)
    {
        var channel = new Chan<int>();
        try
        {
            Go.Run(async () =>
            {
                switch (arguments[0])
                {
                    case "receive":
                        await channel.ReceiveAsync();
                        break;
                    case "send":
                        await channel.SendAsync(1);
                        break;
                    case "select":
                        var select = new Select();
                        select.Receive(channel);
                        select.Send(new Chan<string>(), "never");
                        await select.WaitAsync();
                        break;
                    default:
                        // No deadlock: the pool uses the channel for the first time when a deadlock would have been told.
                        _ = Task.Run(async () =>
                        {
                            await Task.Delay(TimeSpan.FromSeconds(3));
                            await channel.SendAsync(7);
                        });
                        Console.WriteLine(await channel.ReceiveAsync());
                        break;
                }
            });
            return 0;
        }
        catch (DeadlockException deadlock)
        {
            Console.WriteLine(deadlock.Message);
            return 3;
        }
    }
}
