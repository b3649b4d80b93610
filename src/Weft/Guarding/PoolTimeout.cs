namespace Weft.Guarding;

/// <summary>How long .NET's pool keeps idle threads: a setting that it reads once, when it is first used or asked for anything.</summary>
internal static class PoolTimeout
{
    private const string Setting = "System.Threading.ThreadPool.ThreadTimeoutMs";
    private const string Variable = "DOTNET_ThreadPool_ThreadTimeoutMs";

    /// <summary>What to do about a setting that came too late.</summary>
    internal const string Remedy = "Start the guard before anything uses the pool, or set " + Setting + " in the program's project file or "
        + Variable + " in its environment.";

    /// <summary>
    /// Sets it, unless somebody else has. Whether that was certainly too late, as the pool has had work; that it has only been asked for
    /// its limits before, cannot be seen.
    /// </summary>
    internal static bool IsTooLateToSet(TimeSpan? timeout)
    {
        if (timeout is not TimeSpan span
            || AppContext.GetData(Setting) is not null
            || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable)))
        {
            return false;
        }

        // First set, then look: to look is to use the pool.
        AppContext.SetData(Setting, (int)span.TotalMilliseconds);
        return ThreadPool.CompletedWorkItemCount > 0 || ThreadPool.ThreadCount > 0;
    }
}
