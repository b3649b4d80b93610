using Weft.Runtime.Host;

namespace Weft.Stress.Faults;

/// <summary>
/// Short delays at the labelled points of the scheduler, while it exists. Many short ones find more races than few long ones; and some
/// labels, which the seed chooses, get far more of them than the others, so that one side of a race is slow where the other is quick.
/// </summary>
internal sealed class DelayInjector : IDisposable
{
    private const uint RareOneIn = 64;
    private const uint OftenOneIn = 4;
    private const uint FavouredLabelOneIn = 4;
    private const int LongestSpin = 5_000;
    private const uint LongestSleepMicroseconds = 200;

    private readonly uint _seed;
    private int _hits;
    private long _delays;

    public DelayInjector(int seed)
    {
        _seed = Hash.Mix((uint)seed);
        FaultPoints.Hook = OnHit;
    }

    public long Delays => Volatile.Read(ref _delays);

    public void Dispose() => FaultPoints.Hook = null;

    /// <summary>Runs also under the scheduler's own locks and inside its waits: allocates nothing and enters no managed wait.</summary>
    private void OnHit(string label)
    {
        uint oneIn = Hash.Mix(_seed ^ Hash.Of(label)) % FavouredLabelOneIn == 0 ? OftenOneIn : RareOneIn;
        uint random = Hash.Mix(_seed + (uint)Interlocked.Increment(ref _hits));
        if (random % oneIn != 0)
            return;
        Interlocked.Increment(ref _delays);
        uint amount = random >> 12;
        switch ((random >> 8) % 3)
        {
            case 0:
                Thread.SpinWait((int)(amount % LongestSpin));
                break;
            case 1:
                Thread.Yield();
                break;
            default:
                _ = Native.SleepMicroseconds(amount % LongestSleepMicroseconds);
                break;
        }
    }
}
