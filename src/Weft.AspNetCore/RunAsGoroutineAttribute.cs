namespace Weft.AspNetCore;

/// <summary>
/// Requests of the endpoint run as goroutines: its handler may block. For handlers of minimal APIs, controllers and their actions, pages,
/// gRPC services and their methods, and hubs; what is said of a method counts more than what is said of its class.
/// </summary>
/// <remarks>
/// Takes effect where <c>UseWeft</c> is called, and a warning is logged where it is not; for methods of hubs, where <c>RunAsGoroutines</c>
/// is.
/// </remarks>
/// <seealso cref="RunOnThreadPoolAttribute"/>
/// <example>
/// <code>
/// app.MapGet("/report", [RunAsGoroutine] () => File.ReadAllText("/etc/hostname"));
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class RunAsGoroutineAttribute : Attribute, IGoroutineMetadata
{
    /// <summary>Makes the mark.</summary>
    public RunAsGoroutineAttribute() => UnusedMarks.Watch();

    bool IGoroutineMetadata.RunsAsGoroutine => true;
}
