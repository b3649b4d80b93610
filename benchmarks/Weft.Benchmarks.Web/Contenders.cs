namespace Weft.Benchmarks.Web;

/// <summary>What a program does, or does not do, against handlers that block.</summary>
internal static class Contenders
{
    // More than the connections of any benchmark's load that blocks, and what people set who have met starvation.
    private const int ManyThreads = 1000;

    private static readonly string[] s_parts = ["default", "min1000", "guard", "goroutine"];

    public static string Names => string.Join(", ", s_parts);

    public static bool Exists(string name) => name.Split('+').All(part => s_parts.Contains(part));

    /// <summary>
    /// Does what the contender does about the ThreadPool, before anything uses it: some of its settings are read once. What is returned is
    /// disposed when the server has ended.
    /// </summary>
    public static ThreadPoolGuard? ApplyToPool(string name)
    {
        if (Has(name, "min1000"))
            ThreadPool.SetMinThreads(ManyThreads, ManyThreads);
        return Has(name, "guard") ? ThreadPoolGuard.Start() : null;
    }

    /// <summary>Adds what the contender needs of the host.</summary>
    public static void AddServices(string name, WebApplicationBuilder builder)
    {
        if (Has(name, "goroutine"))
            builder.Services.AddWeft(static options => options.ThreadPoolGuard = null);
    }

    /// <summary>Does what the contender does about the pipeline, before the endpoints.</summary>
    public static void ApplyToPipeline(string name, WebApplication app)
    {
        if (Has(name, "goroutine"))
            app.UseWeft(static options => options.AllEndpoints = true);
    }

    private static bool Has(string name, string part) => name.Split('+').Contains(part);
}
