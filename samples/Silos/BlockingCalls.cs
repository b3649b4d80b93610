using Weft.Hosting;

namespace Weft.Samples.Silos;

/// <summary>How this silo's grains call code that blocks.</summary>
internal sealed class BlockingCalls(SiloSettings settings, WeftHost weft)
{
    /// <summary>Makes a call. On a goroutine it is off the grain's turn, which goes on where the caller awaits.</summary>
    public Task RunAsync(Action call)
    {
        if (settings.Mode == Mode.Goroutine)
            return weft.Scheduler.RunBlocking(call).Task;
        call();
        return Task.CompletedTask;
    }
}
