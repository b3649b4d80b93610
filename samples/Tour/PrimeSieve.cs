namespace Weft.Samples.Tour;

/// <summary>
/// Numbers flow through a chain of filters. What reaches the end is prime, and becomes a filter of its own, which drops its multiples.
/// Closing the first channel closes the chain, link by link.
/// </summary>
internal static class PrimeSieve
{
    public static async Task<Outcome> TourAsync()
    {
        const int Limit = 5_000;
        List<int> primes = await RunAsync(Limit);
        bool right = primes.SequenceEqual(Enumerable.Range(2, Limit - 2).Where(IsPrime));
        return new Outcome($"{primes.Count} primes below {Limit:N0}, the last is {primes[^1]:N0}", right);
    }

    /// <summary>The primes below a limit.</summary>
    public static async Task<List<int>> RunAsync(int limit)
    {
        var primes = new List<int>();
        await GoroutineGroup.RunAsync(async group =>
        {
            var numbers = new Chan<int>();
            group.Start(Count(limit, numbers));
            while (await numbers.ReceiveOrClosedAsync() is (var prime, true))
            {
                primes.Add(prime);
                var rest = new Chan<int>();
                group.Start(Filter(prime, numbers, rest));
                numbers = rest;
            }
        });
        return primes;
    }

    private static async GoroutineBody Count(int limit, Chan<int> to)
    {
        for (int number = 2; number < limit; number++)
            await to.SendAsync(number);
        to.Close();
    }

    private static async GoroutineBody Filter(int prime, Chan<int> from, Chan<int> to)
    {
        await foreach (int number in from)
        {
            if (number % prime != 0)
                await to.SendAsync(number);
        }

        to.Close();
    }

    private static bool IsPrime(int number)
    {
        for (int divisor = 2; divisor * divisor <= number; divisor++)
        {
            if (number % divisor == 0)
                return false;
        }

        return true;
    }
}
