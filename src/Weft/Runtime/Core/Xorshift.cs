using System.Runtime.CompilerServices;

namespace Weft.Runtime.Core;

/// <summary>
/// Pseudo-random numbers that cost a nanosecond (xorshift, G. Marsaglia 2003): to be fair, not to be secret. For one thread at a time.
/// </summary>
/// <param name="seed">Anything but zero.</param>
internal struct Xorshift(uint seed)
{
    private uint _state = seed;

    /// <summary>The next number, never zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal uint Next()
    {
        uint x = _state;
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        return _state = x;
    }
}
