using System.Globalization;

namespace Weft.Samples.Tour;

/// <summary>
/// Three stages: count, square, keep the palindromes. The first never ends by itself; the reader of the results cancels the group when
/// it has enough, and no stage outlives it.
/// </summary>
internal static class Pipeline
{
    public static async Task<Outcome> TourAsync()
    {
        const int Wanted = 20;
        (List<long> found, int ended) = await RunAsync(Wanted);
        IEnumerable<long> expected = Enumerable.Range(1, int.MaxValue).Select(n => (long)n * n).Where(IsPalindrome).Take(Wanted);
        return new Outcome($"{found.Count} squares that are palindromes, the last is {found[^1]:N0}; {ended} stages ended",
            found.SequenceEqual(expected) && ended == 3);
    }

    /// <summary>The first squares that are palindromes, and how many stages have ended.</summary>
    public static async Task<(List<long> Found, int Ended)> RunAsync(int wanted)
    {
        var numbers = new Chan<long>();
        var squares = new Chan<long>(16);
        var palindromes = new Chan<long>();
        var found = new List<long>();
        int ended = 0;
        await GoroutineGroup.RunAsync(async group =>
        {
            group.Start(token => StageAsync(CountAsync(numbers, token)));
            group.Start(token => StageAsync(SquareAsync(numbers, squares, token)));
            group.Start(token => StageAsync(SelectAsync(squares, palindromes, token)));
            while (found.Count < wanted)
                found.Add(await palindromes.ReceiveAsync(group.Token));
            group.Cancel();
        });
        return (found, ended);

        async Task StageAsync(Task stage)
        {
            try
            {
                await stage;
            }
            finally
            {
                Interlocked.Increment(ref ended);
            }
        }
    }

    private static async Task CountAsync(Chan<long> to, CancellationToken token)
    {
        for (long number = 1; ; number++)
            await to.SendAsync(number, token);
    }

    private static async Task SquareAsync(Chan<long> from, Chan<long> to, CancellationToken token)
    {
        await foreach (long number in from.WithCancellation(token))
            await to.SendAsync(number * number, token);
    }

    private static async Task SelectAsync(Chan<long> from, Chan<long> to, CancellationToken token)
    {
        await foreach (long number in from.WithCancellation(token))
        {
            if (IsPalindrome(number))
                await to.SendAsync(number, token);
        }
    }

    private static bool IsPalindrome(long number)
    {
        string digits = number.ToString(CultureInfo.InvariantCulture);
        return digits.SequenceEqual(digits.Reverse());
    }
}
