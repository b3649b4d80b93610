namespace Weft.Guarding;

/// <summary>What the guard asks for only when it needs to know, as each answer takes some tens of microseconds.</summary>
internal interface IGuardSenses
{
    /// <summary>
    /// The part, 0 to 1, of the pool's threads that are on a processor or want one; null where the system does not tell.
    /// </summary>
    double? ShareWantingCpu();

    /// <summary>The most threads that the pool may have now; at least as many as it has.</summary>
    int MostThreads();
}
