namespace Weft.FieldChild.Modes;

/// <summary>Code that is no goroutine awaits each goroutine of a burst: it goes on on threads of .NET's pool.</summary>
internal static class AwaitOutside
{
    internal static int Run(string[] arguments) => RunAsync(Burst.Parse(arguments)).GetAwaiter().GetResult();

    private static async Task<int> RunAsync(Burst burst)
    {
        int sum = 0;
        foreach (Goroutine<int> one in burst.Start(Scheduler.Default))
            sum += await one;
        Console.WriteLine($"{sum} ended");
        return 0;
    }
}
