namespace Weft.Guarding;

/// <summary>What the guard asks for only when it needs to know, as each answer takes some tens of microseconds.</summary>
internal interface IGuardSenses
{
    /// <summary>How many of the pool's threads are on a processor or want one; null where the system does not tell.</summary>
    double? CountWantingCpu();

    /// <summary>How often locks of .NET have been contended in this process.</summary>
    long CountContentions();

    /// <summary>The most threads that the pool may have now; at least as many as it has.</summary>
    int MostThreads();
}
