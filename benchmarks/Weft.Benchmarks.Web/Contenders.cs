namespace Weft.Benchmarks.Web;

/// <summary>What a program does, or does not do, against handlers that block.</summary>
internal static class Contenders
{
    // More than the connections of any benchmark's load that blocks, and what people set who have met starvation.
    private const int ManyThreads = 1000;

    private static readonly string[] s_parts = ["default", "min1000", "guard", "goroutine"];

    public static string Names => string.Join(", ", s_parts);

    public static bool Exists(string name) => name.Split('+').All(part => s_parts.Contains(part));

    /// <summary>Adds what the contender needs of the host.</summary>
    public static void AddServices(string name, WebApplicationBuilder builder)
    {
        string[] parts = name.Split('+');
        if (parts.Contains("guard") || parts.Contains("goroutine"))
            builder.Services.AddWeft(options => options.ThreadPoolGuard = parts.Contains("guard") ? new ThreadPoolGuardOptions() : null);
    }

    /// <summary>Does what the contender does before its first request.</summary>
    public static void Apply(string name, WebApplication app)
    {
        string[] parts = name.Split('+');
        if (parts.Contains("min1000"))
            ThreadPool.SetMinThreads(ManyThreads, ManyThreads);
        if (parts.Contains("goroutine"))
            app.UseWeft(static options => options.AllEndpoints = true);
    }
}
