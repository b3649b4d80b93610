using System.Diagnostics;

namespace Weft.Samples.Tour;

/// <summary>Knows the programs, and runs those that are asked for.</summary>
internal static class Guide
{
    private const int Failed = 1;
    private const int BadUsage = 2;

    /// <summary>All programs, in the order in which they are best read.</summary>
    public static IReadOnlyList<Stop> Stops { get; } =
    [
        new("sieve", "prime sieve: a chain of filters that grows", PrimeSieve.TourAsync),
        new("pipeline", "pipeline, cancelled when there is enough", Pipeline.TourAsync),
        new("fan", "fan-out to workers, fan-in with select", Fan.TourAsync),
        new("pool", "worker pool that reads a directory", DirectoryPool.TourAsync),
        new("ring", "ring of 100,000 goroutines", Ring.TourAsync),
        new("skynet", "tree of 1,111,111 goroutines", Skynet.TourAsync),
        new("philosophers", "dining philosophers, with locks", Philosophers.TourAsync),
        new("limiter", "rate limiter, with a ticker", RateLimiter.TourAsync),
        new("chat", "chat server on TCP, with scripted clients", ChatScript.TourAsync),
    ];

    /// <summary>Runs the programs with the given names, or lists and runs all if there are none.</summary>
    /// <returns>The exit code: 0, or 1 if a result is wrong, or 2 if a name is unknown.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<Stop> stops, string[] names, TextWriter output, TextWriter error)
    {
        foreach (string name in names)
        {
            if (stops.Any(stop => stop.Name == name))
                continue;
            error.WriteLine($"Tour: no program is called {name}; there are {string.Join(", ", stops.Select(stop => stop.Name))}");
            return BadUsage;
        }

        if (names.Length == 0)
        {
            foreach (Stop stop in stops)
                output.WriteLine($"{stop.Name,-13} {stop.Title}");
            output.WriteLine();
        }

        int code = 0;
        foreach (Stop stop in names.Length == 0 ? stops : names.Select(name => stops.First(stop => stop.Name == name)))
        {
            long start = Stopwatch.GetTimestamp();
            Outcome outcome = await stop.RunAsync();
            string verdict = outcome.Right ? "ok" : "WRONG";
            output.WriteLine($"{stop.Name,-13} {outcome.Did}: {verdict} ({Stopwatch.GetElapsedTime(start).TotalMilliseconds:N0} ms)");
            if (!outcome.Right)
                code = Failed;
        }

        return code;
    }
}
