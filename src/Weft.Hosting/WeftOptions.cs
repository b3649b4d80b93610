namespace Weft.Hosting;

/// <summary>
/// What a host gets from <see cref="Microsoft.Extensions.DependencyInjection.WeftServiceCollectionExtensions.AddWeft"/>. The values are
/// read once, as the host starts; one that is out of range keeps it from starting, with a message that names the option.
/// </summary>
/// <remarks>Not for several threads at once while it is being set. It can be bound to a section of the configuration.</remarks>
/// <example>
/// <code>
/// builder.Services.AddWeft(options => options.MaxThreads = 500);
/// builder.Services.Configure&lt;WeftOptions&gt;(builder.Configuration.GetSection("Weft"));
/// </code>
/// </example>
public sealed class WeftOptions
{
    /// <summary>
    /// What still runs when a host is disposed has not heeded its stop, for which .NET's hosts wait up to 30 s: a little longer is for
    /// what was just about to end.
    /// </summary>
    private static readonly TimeSpan s_disposeTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Names the scheduler and its threads; see <see cref="SchedulerOptions.Name"/>. Default: <c>weft</c>.</summary>
    public string Name { get; set; } = "weft";

    /// <summary>
    /// How many goroutines may compute at the same time; 1 to <see cref="Scheduler.MaxProcsLimit"/>. Default: null, the number of CPUs that
    /// the process may use.
    /// </summary>
    public int? MaxProcs { get; set; }

    /// <summary>
    /// How many threads the scheduler may have at once, and so how many goroutines may block at the same time; 4 to 1,000,000. Default:
    /// null, what <see cref="SchedulerOptions.MaxThreads"/> finds.
    /// </summary>
    public int? MaxThreads { get; set; }

    /// <summary>
    /// Bytes of address space for each thread's stack; 256 KiB to 1 GiB. Default: null, <see cref="SchedulerOptions.StackSizeBytes"/>.
    /// </summary>
    public int? StackSizeBytes { get; set; }

    /// <summary>
    /// How long the last idle thread is kept; more than zero, at most one day. Default: null, <see cref="SchedulerOptions.IdleTimeout"/>.
    /// </summary>
    public TimeSpan? IdleTimeout { get; set; }

    /// <summary>
    /// Whether the flows of a goroutine run side by side; see <see cref="SchedulerOptions.ConcurrentFlows"/>. Default: true, as code in
    /// .NET's hosts expects.
    /// </summary>
    public bool ConcurrentFlows { get; set; } = true;

    /// <summary>
    /// What an exception does that leaves a goroutine nobody can await, as that of an <c>async void</c> method. Default:
    /// <see cref="UnhandledExceptionPolicy.Fatal"/>, it ends the process, as on .NET's pool; with
    /// <see cref="UnhandledExceptionPolicy.Report"/> it is logged. Exceptions of requests, of hub methods and of background services are
    /// none of these: they reach the host.
    /// </summary>
    public UnhandledExceptionPolicy UnhandledExceptions { get; set; } = UnhandledExceptionPolicy.Fatal;

    /// <summary>
    /// How long the disposal of the host waits for goroutines that block, before it logs which they are and goes on without them; more than
    /// zero, at most one day, or infinite. Default: 5 s.
    /// </summary>
    public TimeSpan DisposeTimeout { get; set; } = s_disposeTimeout;

    /// <summary>
    /// How .NET's pool is kept from starving, by a <see cref="Weft.ThreadPoolGuard"/> that lives as long as the host; null for no guard.
    /// Default: the guard's own defaults.
    /// </summary>
    public ThreadPoolGuardOptions? ThreadPoolGuard { get; set; } = new();

    internal SchedulerOptions ToSchedulerOptions()
    {
        var defaults = new SchedulerOptions();
        return new SchedulerOptions
        {
            Name = Name,
            MaxProcs = MaxProcs ?? defaults.MaxProcs,
            MaxThreads = MaxThreads ?? SchedulerOptions.DefaultMaxThreads, // so that it can tell where the number comes from
            StackSizeBytes = StackSizeBytes ?? defaults.StackSizeBytes,
            IdleTimeout = IdleTimeout ?? defaults.IdleTimeout,
            ConcurrentFlows = ConcurrentFlows,
            UnhandledExceptions = UnhandledExceptions,
            DisposeTimeout = DisposeTimeout,
        };
    }
}
