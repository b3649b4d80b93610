namespace Weft.Stress.Faults;

/// <summary>Numbers out of numbers, without state.</summary>
internal static class Hash
{
    /// <summary>The finalizer of MurmurHash3 (A. Appleby): spreads consecutive numbers over all bits.</summary>
    public static uint Mix(uint value)
    {
        value = (value ^ (value >> 16)) * 0x85ebca6b;
        value = (value ^ (value >> 13)) * 0xc2b2ae35;
        return value ^ (value >> 16);
    }

    /// <summary>FNV-1a of a text; the same in every process, which string.GetHashCode is not.</summary>
    public static uint Of(string text)
    {
        uint hash = 2166136261;
        foreach (char c in text)
            hash = (hash ^ c) * 16777619;
        return hash;
    }
}
