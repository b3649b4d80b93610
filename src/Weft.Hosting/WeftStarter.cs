using Microsoft.Extensions.Hosting;

namespace Weft.Hosting;

/// <summary>
/// Has the host make its <see cref="WeftHost"/> before anything starts, so that a bad option ends the start and not the first request.
/// </summary>
internal sealed class WeftStarter(WeftHost weft) : IHostedService
{
    /// <summary>Made with this.</summary>
    internal WeftHost Weft { get; } = weft;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // The scheduler is disposed with the host's services: others may stop later, and use it until then.
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
