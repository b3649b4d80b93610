namespace Weft.AspNetCore;

/// <summary>Metadata of an endpoint that say where its requests run; the last of them counts.</summary>
internal interface IGoroutineMetadata
{
    /// <summary>As goroutines; otherwise on .NET's pool.</summary>
    bool RunsAsGoroutine { get; }
}
