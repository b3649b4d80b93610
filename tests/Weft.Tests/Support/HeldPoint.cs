using Weft.Runtime.Host;

namespace Weft.Tests.Support;

/// <summary>
/// Holds the first thread that passes a labelled point of the scheduler, until a test lets it go on; at the latest when this is disposed.
/// Declare it after the scheduler.
/// </summary>
internal sealed class HeldPoint : IDisposable
{
    private readonly string _label;
    private readonly ManualResetEventSlim _reached = new();
    private readonly ManualResetEventSlim _mayGoOn = new();

    private HeldPoint(string label)
    {
        _label = label;
        FaultPoints.Hook = Pass;
    }

    /// <summary>Holds from now on. Skips the test if the build has no fault points.</summary>
    public static HeldPoint At(string label)
    {
        Assert.SkipUnless(FaultPoints.AreCompiledIn, "this build has no fault points; a debug build has");
        return new HeldPoint(label);
    }

    /// <summary>Returns when a thread is held.</summary>
    public void AwaitThread() => Assert.True(_reached.Wait(Limits.Hang), $"Nobody passes '{_label}'.");

    public void GoOn() => _mayGoOn.Set();

    // The events are left to the collector: a thread may still be on its way out of them.
    public void Dispose()
    {
        FaultPoints.Hook = null;
        GoOn();
    }

    private void Pass(string label)
    {
        if (label != _label || _reached.IsSet)
            return;
        _reached.Set();
        _mayGoOn.Wait(Limits.Hang);
    }
}
