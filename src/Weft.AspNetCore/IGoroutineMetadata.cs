namespace Weft.AspNetCore;

/// <summary>Metadata of an endpoint that say where its requests run; the last of them counts.</summary>
internal interface IGoroutineMetadata
{
    /// <summary>As goroutines; otherwise on .NET's pool.</summary>
    bool RunsAsGoroutine { get; }

    /// <summary>What lets them in; null for no limit of their own.</summary>
    GoroutineGate? Gate => null;
}
