using Microsoft.AspNetCore.Mvc;

namespace Weft.Samples.WebShop.Tutorial;

/// <summary>
/// The three endpoints of the tutorial <a href="https://learn.microsoft.com/dotnet/core/diagnostics/debug-threadpool-starvation">Debug
/// ThreadPool starvation</a>, with the same routes and the same half second: two that starve the pool, and how it ought to be written.
/// </summary>
[ApiController]
[Route("api/diagscenario")]
public sealed class DiagScenarioController : ControllerBase
{
    private static readonly TimeSpan s_query = TimeSpan.FromMilliseconds(500);

    // The pool notices that its thread waits for a task, and makes another a little sooner.
    [HttpGet("taskwait")]
    public string TaskWait() => QueryAsync("taskwait").Result;

    // It does not notice this.
    [HttpGet("tasksleepwait")]
    public string TaskSleepWait()
    {
        Task<string> query = QueryAsync("tasksleepwait");
        while (!query.IsCompleted)
            Thread.Sleep(10);
        return query.Result;
    }

    [HttpGet("taskasyncwait")]
    public Task<string> TaskAsyncWait() => QueryAsync("taskasyncwait");

    private static async Task<string> QueryAsync(string scenario)
    {
        await Task.Delay(s_query);
        return $"success:{scenario}";
    }
}
