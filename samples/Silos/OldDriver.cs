namespace Weft.Samples.Silos;

/// <summary>Code from before async: the way to a counter's file, with the time that a server takes to answer.</summary>
internal sealed class OldDriver(SiloSettings settings)
{
    /// <summary>Applies a call; blocks.</summary>
    public void Append(CounterFile file, long number, long id)
    {
        switch (settings.Work)
        {
            case Work.Blocking:
                Thread.Sleep(settings.Block);
                file.Append(number, id);
                break;
            case Work.SyncOverAsync:
                AppendAsync(file, number, id).GetAwaiter().GetResult();
                break;
            case Work.Hanging:
                Thread.Sleep(Timeout.Infinite);
                break;
        }
    }

    // Without ConfigureAwait(false), as many are: it goes on where it was called. On a grain's turn that is behind the turn that waits.
    private async Task AppendAsync(CounterFile file, long number, long id)
    {
        await Task.Delay(settings.Block);
        file.Append(number, id);
    }
}
