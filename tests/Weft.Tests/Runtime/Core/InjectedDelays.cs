using Weft.Runtime.Host;
using Weft.Tests.Support;

namespace Weft.Tests.Runtime.Core;

/// <summary>
/// A short delay now and then at each labelled point of the scheduler, for as long as this exists; and which points were passed.
/// </summary>
internal sealed class InjectedDelays : IDisposable
{
    // Many short delays find more than few long ones.
    private const int DelayOneIn = 16;

    // Filled beforehand, so that noting a label changes nothing but a flag.
    private readonly Dictionary<string, int> _indices = [];
    private readonly bool[] _passed;
    private int _calls;
    private string? _unknown;

    private InjectedDelays(int seed, IEnumerable<string> labels)
    {
        foreach (string label in labels)
            _indices.Add(label, _indices.Count);
        _passed = new bool[_indices.Count];
        _calls = seed << 24;
        FaultPoints.Hook = Pass;
    }

    /// <summary>A label that was passed and is not among those known.</summary>
    public string? Unknown => _unknown;

    /// <summary>Begins to delay. Skips the test if the build has no fault points.</summary>
    public static InjectedDelays Begin(int seed, IEnumerable<string> labels)
    {
        Assert.SkipUnless(FaultPoints.AreCompiledIn, "this build has no fault points; a debug build has");
        return new InjectedDelays(seed, labels);
    }

    /// <summary>Those of some labels that were not passed yet.</summary>
    public IEnumerable<string> NotPassed(IEnumerable<string> labels) => labels.Where(label => !Volatile.Read(ref _passed[_indices[label]]));

    public void Dispose() => FaultPoints.Hook = null;

    /// <summary>Runs at every label, also under the scheduler's own locks: allocates nothing and enters no managed wait.</summary>
    private void Pass(string label)
    {
        if (_indices.TryGetValue(label, out int index))
            Volatile.Write(ref _passed[index], true);
        else
            _unknown = label;
        Delay(Mix((uint)Interlocked.Increment(ref _calls)));
    }

    private static void Delay(uint random)
    {
        uint amount = random >> 16;
        switch (random % (3 * DelayOneIn))
        {
            case 0:
                Thread.SpinWait((int)(amount % 5_000));
                break;
            case 1:
                Thread.Yield();
                break;
            case 2:
                _ = Native.SleepMicroseconds(amount % 200);
                break;
        }
    }

    // The finalizer of MurmurHash3: spreads consecutive numbers over all bits.
    private static uint Mix(uint value)
    {
        value = (value ^ (value >> 16)) * 0x85ebca6b;
        value = (value ^ (value >> 13)) * 0xc2b2ae35;
        return value ^ (value >> 16);
    }
}
