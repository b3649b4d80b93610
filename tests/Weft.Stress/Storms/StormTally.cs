namespace Weft.Stress.Storms;

/// <summary>What the goroutines of a storm count, from any thread.</summary>
internal sealed class StormTally
{
    private string? _violation;

    public int Begun;
    public int Ended;
    public int Steps;
    public int Refused;
    public int LimitsMet;
    public int TaintedPoolThreads;

    /// <summary>The first rule that was seen broken, or null.</summary>
    public string? Violation => Volatile.Read(ref _violation);

    /// <summary>Noted, not thrown: an exception would end as the goroutine's, or the process.</summary>
    public void Require(bool condition, string rule)
    {
        if (!condition)
            Interlocked.CompareExchange(ref _violation, rule, null);
    }
}
