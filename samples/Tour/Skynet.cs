namespace Weft.Samples.Tour;

/// <summary>
/// A tree of goroutines, each with ten children, until there are as many leaves as wanted. Every leaf sends its number to its parent, every
/// parent the sum of its children's.
/// </summary>
internal static class Skynet
{
    private const int Children = 10;

    public static async Task<Outcome> TourAsync()
    {
        const int Leaves = 1_000_000;
        long sum = await RunAsync(Leaves);
        return new Outcome($"{Leaves:N0} leaves sent the sum {sum:N0}", sum == (long)Leaves * (Leaves - 1) / 2);
    }

    /// <summary>The sum of the numbers of a number of leaves, counted from 0.</summary>
    /// <param name="leaves">A power of ten.</param>
    /// <exception cref="ArgumentException"><paramref name="leaves"/> is not a power of ten.</exception>
    public static async Task<long> RunAsync(int leaves)
    {
        int rest = leaves;
        while (rest > 1 && rest % Children == 0)
            rest /= Children;
        if (rest != 1)
            throw new ArgumentException($"The number of leaves has to be a power of {Children}, and {leaves} is not.", nameof(leaves));
        var root = new Chan<long>();
        Go.Start(Node(root, 0, leaves));
        return await root.ReceiveAsync();
    }

    private static async GoroutineBody Node(Chan<long> parent, int number, int leaves)
    {
        if (leaves == 1)
        {
            await parent.SendAsync(number);
            return;
        }

        var children = new Chan<long>();
        int part = leaves / Children;
        for (int i = 0; i < Children; i++)
            Go.Start(Node(children, number + (i * part), part));
        long sum = 0;
        for (int i = 0; i < Children; i++)
            sum += await children.ReceiveAsync();
        await parent.SendAsync(sum);
    }
}
