namespace Weft.TestChild;

/// <summary>Goroutines that wait for each other at channels, in a process without anything else in it.</summary>
internal static class ChannelDeadlock
{
    // As long as it is here, any code could use it.
    private static Chan<int>? s_kept;

    /// <param name="arguments">What to do; see below.</param>
    internal static int Run(string[] arguments)
    {
        try
        {
            string what = arguments[0];
            Scheduler.Default.DeadlockSuspected += (_, e) =>
                Console.WriteLine($"suspected: {string.Join(' ', e.Goroutines.Select(g => g.WaitReason))}");
            Go.Run(() => MainAsync(what));
            return 0;
        }
        catch (DeadlockException deadlock)
        {
            Console.WriteLine(deadlock.Message);
            return 3;
        }
    }

    private static async Task MainAsync(string what)
    {
        var channel = new Chan<int>();
        switch (what)
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
            case "suspected":
                // Nobody is known to use it, but anybody could.
                s_kept = channel;
                var timer = new Thread(() =>
                {
                    Thread.Sleep(TimeSpan.FromSeconds(5));
                    s_kept.Send(7);
                });
                timer.Start();
                Console.WriteLine(await channel.ReceiveAsync());
                break;
            default:
                // The pool uses the channel for the first time long after everything else fell asleep.
                _ = Task.Run(async () =>
                {
                    await Task.Delay(TimeSpan.FromSeconds(3));
                    await channel.SendAsync(7);
                });
                Console.WriteLine(await channel.ReceiveAsync());
                break;
        }
    }
}
