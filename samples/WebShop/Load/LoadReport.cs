namespace Weft.Samples.WebShop.Load;

/// <summary>What the clients have seen since the report before.</summary>
/// <param name="Kind">What they ask for.</param>
/// <param name="Clients">How many they are; each asks again when it has its answer.</param>
/// <param name="PerSecond">Good answers, for each second.</param>
/// <param name="Failed">Bad ones, since the load began.</param>
/// <param name="P50Ms">Half of the answers came within that time; 0 if none came.</param>
/// <param name="P99Ms">And all but a hundredth within that.</param>
/// <param name="OldestMs">For how long the client that waits longest has waited.</param>
/// <param name="PingMs">How long a client that asks for <c>/ping</c>, which does nothing, waited last, or has waited by now.</param>
internal sealed record LoadReport(
    string Kind,
    int Clients,
    double PerSecond,
    long Failed,
    double P50Ms,
    double P99Ms,
    double OldestMs,
    double PingMs);
