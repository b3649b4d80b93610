namespace Weft.Samples.Tour;

/// <summary>Goroutines in a ring, each with a channel to the next. A token goes round, and each adds one to it.</summary>
internal static class Ring
{
    public static async Task<Outcome> TourAsync()
    {
        const int Size = 100_000;
        const int Laps = 3;
        long token = await RunAsync(Size, Laps);
        return new Outcome($"a token went {Laps} times round a ring of {Size:N0} goroutines and is {token:N0}", token == (long)Size * Laps);
    }

    /// <summary>What the token is after some laps.</summary>
    public static async Task<long> RunAsync(int size, int laps)
    {
        long token = 0;
        await GoroutineGroup.RunAsync(async group =>
        {
            var first = new Chan<long>();
            Chan<long> last = first;
            for (int i = 0; i < size; i++)
            {
                var next = new Chan<long>();
                group.Start(Pass(last, next));
                last = next;
            }

            for (int lap = 0; lap < laps; lap++)
            {
                await first.SendAsync(token);
                token = await last.ReceiveAsync();
            }

            // Goes round as well, and ends one goroutine after the other.
            first.Close();
        });
        return token;
    }

    private static async GoroutineBody Pass(Chan<long> from, Chan<long> to)
    {
        await foreach (long token in from)
            await to.SendAsync(token + 1);
        to.Close();
    }
}
