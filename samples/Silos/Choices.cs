namespace Weft.Samples.Silos;

/// <summary>How a grain calls code that blocks.</summary>
internal enum Mode
{
    /// <summary>On its turn, which a thread of the pool runs.</summary>
    Inline,

    /// <summary>The same, in a silo whose pool is guarded.</summary>
    Guard,

    /// <summary>On a goroutine, for which its turn waits without a thread.</summary>
    Goroutine,
}

/// <summary>What the code that a grain calls does.</summary>
internal enum Work
{
    /// <summary>Blocks for some time.</summary>
    Blocking,

    /// <summary>Blocks for the result of an async method, which goes on where it was called.</summary>
    SyncOverAsync,

    /// <summary>Never returns.</summary>
    Hanging,
}

/// <summary>Where silos and client find each other.</summary>
internal enum Clustering
{
    /// <summary>The first silo keeps the list of members.</summary>
    Localhost,

    /// <summary>A Redis server does.</summary>
    Redis,

    /// <summary>A PostgreSQL database does.</summary>
    Postgres,
}
