using Microsoft.AspNetCore.SignalR;
using Weft.Hosting;

namespace Weft.Samples.WebShop.Modes;

/// <summary>
/// Runs the methods of hubs in goroutines, while the mode says so. (Where that is always so, <c>AddSignalR().RunAsGoroutines()</c> is all.)
/// </summary>
internal sealed class ModeHubFilter(ModeSwitch modes, WeftHost weft) : IHubFilter
{
    public ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocationContext,
        Func<HubInvocationContext, ValueTask<object?>> next)
    {
        if (modes.Current != Mode.Goroutines)
            return next(invocationContext);
        return new ValueTask<object?>(
            weft.Scheduler.Start(static call => call.next(call.invocationContext).AsTask(), (next, invocationContext)).Task);
    }
}
