namespace Weft.Samples.WebShop.Modes;

/// <summary>What the shop does about code that blocks.</summary>
internal enum Mode
{
    /// <summary>Nothing: .NET's pool, as it is.</summary>
    Pool,

    /// <summary>The same pool, with a guard that makes threads while it starves.</summary>
    Guard,

    /// <summary>A goroutine for each request; the pool runs Kestrel alone.</summary>
    Goroutines,
}
