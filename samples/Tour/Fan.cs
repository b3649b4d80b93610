namespace Weft.Samples.Tour;

/// <summary>
/// Fan-out: several workers receive from one channel, the first that is free. Fan-in: a select over the workers' own channels collects what
/// they made; a channel that is closed is switched off, as a nil channel is in Go.
/// </summary>
internal static class Fan
{
    public static async Task<Outcome> TourAsync()
    {
        const int Items = 50_000;
        const int Workers = 8;
        (long sum, int received) = await RunAsync(Items, Workers);
        return new Outcome($"{received:N0} cubes of {Workers} workers, their sum is {sum:N0}",
            received == Items && sum == SumOfCubes(Items));
    }

    /// <summary>The sum of the cubes of 1 to <paramref name="items"/>, and how many arrived.</summary>
    public static async Task<(long Sum, int Received)> RunAsync(int items, int workers)
    {
        long sum = 0;
        int received = 0;
        await GoroutineGroup.RunAsync(async group =>
        {
            var work = new Chan<int>(workers);
            group.Start(async () =>
            {
                for (int item = 1; item <= items; item++)
                    await work.SendAsync(item);
                work.Close();
            });

            var select = new Select();
            for (int i = 0; i < workers; i++)
            {
                var cubes = new Chan<long>();
                group.Start(() => CubeAsync(work, cubes));
                select.Receive(cubes);
            }

            for (int open = workers; open > 0;)
            {
                var winner = (ReceiveCase<long>)await select.WaitAsync();
                if (winner.HasValue)
                {
                    sum = checked(sum + winner.Value);
                    received++;
                }
                else
                {
                    winner.Channel = null;
                    open--;
                }
            }
        });
        return (sum, received);
    }

    private static async Task CubeAsync(Chan<int> from, Chan<long> to)
    {
        await foreach (int item in from)
            await to.SendAsync((long)item * item * item);
        to.Close();
    }

    // Nicomachus: it is the square of the sum.
    private static long SumOfCubes(long items) => checked(items * (items + 1) / 2 * (items * (items + 1) / 2));
}
