namespace Weft.Samples.Tour;

/// <summary>
/// Each philosopher needs the forks on both sides to eat. All take the fork with the lower number first, so they cannot wait for each other
/// in a circle.
/// </summary>
internal static class Philosophers
{
    public static async Task<Outcome> TourAsync()
    {
        const int Seats = 5;
        const int Meals = 10_000;
        (int[] eaten, int quarrels) = await RunAsync(Seats, Meals);
        return new Outcome(
            $"{Seats} philosophers ate {eaten.Sum():N0} times, {quarrels} times with a fork that another one held",
            eaten.All(count => count == Meals) && quarrels == 0);
    }

    /// <summary>How often each has eaten, and how often one found a fork in use that it had just taken.</summary>
    public static async Task<(int[] Eaten, int Quarrels)> RunAsync(int seats, int meals)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(seats, 2);
        GoLock[] forks = [.. Enumerable.Range(0, seats).Select(_ => new GoLock())];
        int[] users = new int[seats];
        int[] eaten = new int[seats];
        int quarrels = 0;
        await GoroutineGroup.RunAsync(group =>
        {
            foreach (int seat in Enumerable.Range(0, seats))
                group.Start(() => DineAsync(seat));
            return Task.CompletedTask;
        });
        return (eaten, quarrels);

        async Task DineAsync(int seat)
        {
            int next = (seat + 1) % seats;
            int low = Math.Min(seat, next);
            int high = Math.Max(seat, next);
            for (int meal = 0; meal < meals; meal++)
            {
                using (await forks[low].LockAsync())
                using (await forks[high].LockAsync())
                {
                    if (Interlocked.Increment(ref users[low]) + Interlocked.Increment(ref users[high]) != 2)
                        Interlocked.Increment(ref quarrels);
                    await Go.Yield(); // eats, and gives the others a chance to grab
                    eaten[seat]++;
                    Interlocked.Decrement(ref users[low]);
                    Interlocked.Decrement(ref users[high]);
                }
            }
        }
    }
}
