namespace Weft.Benchmarks.Web;

/// <summary>What a program does, or does not do, against handlers that block.</summary>
internal static class Contenders
{
    // More than the connections of any benchmark's load that blocks, and what people set who have met starvation.
    private const int ManyThreads = 1000;

    private static readonly string[] s_parts = ["default", "min1000", "guard", "goroutine"];

    public static string Names => string.Join(", ", s_parts);

    public static bool Exists(string name) => name.Split('+').All(part => s_parts.Contains(part));

    /// <summary>Does what the contender does before its first request. What it returns is disposed when the server has ended.</summary>
    public static IDisposable? Apply(string name, WebApplication app)
    {
        string[] parts = name.Split('+');
        if (parts.Contains("min1000"))
            ThreadPool.SetMinThreads(ManyThreads, ManyThreads);
        if (parts.Contains("goroutine"))
            RunInGoroutines(app);
        return parts.Contains("guard") ? StartGuard() : null;
    }

    private static IDisposable StartGuard() => throw new NotSupportedException("ThreadPoolGuard is not there.");

    /// <summary>
    /// The rest of the pipeline runs in a goroutine for each request. The goroutine has a result, since one without cannot be awaited: an
    /// exception of a handler goes on to the middleware before.
    /// </summary>
    private static void RunInGoroutines(WebApplication app)
    {
        // It lives as long as the process.
        Scheduler scheduler = new(new SchedulerOptions { Name = "web" });
        app.UseRouting();
        app.Use(async (HttpContext context, RequestDelegate next) => await scheduler.Start(
            static async call =>
            {
                await call.Next(call.Context);
                return true;
            },
            (Context: context, Next: next)));
    }
}
