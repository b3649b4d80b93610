namespace Weft.Samples.Silos;

/// <summary>Counts calls.</summary>
internal interface ICounterGrain : IGrainWithIntegerKey
{
    /// <summary>Applies the call with this id, and gives its number.</summary>
    Task<long> AddAsync(long id);
}

/// <summary>A grain whose storage has a driver that blocks.</summary>
internal sealed class CounterGrain(SiloSettings settings, OldDriver driver, BlockingCalls blocking) : Grain, ICounterGrain
{
    private CounterFile _file = null!;

    // On the grain's turn only.
    private long _count;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _file = new CounterFile(settings.Ledger, this.GetPrimaryKeyLong());
        _count = _file.Count();
        return Task.CompletedTask;
    }

    /// <summary>
    /// Values go into the blocking call, and state changes after the await, which is on the turn again.
    /// </summary>
    public async Task<long> AddAsync(long id)
    {
        CounterFile file = _file;
        long number = _count + 1;
        try
        {
            await blocking.RunAsync(() => driver.Append(file, number, id));
        }
        catch (IOException)
        {
            DeactivateOnIdle(); // whatever the file says now, the next activation reads it
            throw;
        }

        _count = number;
        return number;
    }
}
