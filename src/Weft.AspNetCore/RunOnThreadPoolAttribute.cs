namespace Weft.AspNetCore;

/// <summary>
/// Requests of the endpoint run on .NET's pool, as without Weft, although a group, a class, or <c>UseWeft</c> for all endpoints says
/// otherwise.
/// </summary>
/// <seealso cref="RunAsGoroutineAttribute"/>
/// <example>
/// <code>
/// app.MapGet("/ping", [RunOnThreadPool] () => "pong");
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class RunOnThreadPoolAttribute : Attribute, IGoroutineMetadata
{
    bool IGoroutineMetadata.RunsAsGoroutine => false;
}
