namespace Weft.Tests.Support;

/// <summary>
/// Holds goroutines up, or keeps them busy, until a test opens it; at the latest when it is disposed, so that a test that failed can still
/// dispose its scheduler. Declare it after the scheduler.
/// </summary>
internal sealed class Gate : IDisposable
{
    private readonly ManualResetEventSlim _event = new();

    public bool IsOpen => _event.IsSet;

    public void Wait() => _event.Wait();

    public void Open() => _event.Set();

    // The event itself is left to the collector: waiters may still be on their way out of it.
    public void Dispose() => Open();
}
